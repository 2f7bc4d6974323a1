"""How Slack writes channels, people, messages and views down."""

from pydantic import JsonValue

from sandbox.slack.channel import SandboxChannel, SandboxMessage
from sandbox.slack.modals import SandboxModal
from sandbox.slack.people import APP, BOT, BOT_USER, TEAM, SandboxMember, SandboxUserGroup

Answer = dict[str, object]


def channel(it: SandboxChannel) -> Answer:
    if it.direct:
        return {"id": it.id, "is_im": len(it.members) == 2, "is_mpim": len(it.members) > 2}
    return {
        "id": it.id,
        "name": it.name,
        "is_channel": True,
        "is_private": it.private,
        "is_archived": False,
        "is_member": BOT_USER in it.members,
        "num_members": len(it.members),
        "topic": {"value": it.topic, "creator": BOT_USER, "last_set": 0},
    }


def message(it: SandboxMessage, with_metadata: bool = True) -> Answer:
    shown: Answer = {"type": "message", "ts": it.ts, "text": it.text, "user": it.user}
    if it.user == BOT_USER:
        shown |= {"bot_id": BOT, "app_id": APP}
    if it.blocks:
        shown["blocks"] = it.blocks
    if it.metadata and with_metadata:
        shown["metadata"] = it.metadata
    if it.edited:
        shown["edited"] = {"user": it.user, "ts": it.ts}
    if it.broadcast:
        shown["subtype"] = "thread_broadcast"
    if it.thread_ts or it.replies:
        shown["thread_ts"] = it.thread_ts or it.ts
    if it.replies:
        shown |= {"reply_count": len(it.replies), "latest_reply": it.replies[-1].ts}
    if it.reactions:
        shown["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in it.reactions.items()
        ]
    return shown


def member(it: SandboxMember, with_email: bool = True) -> Answer:
    profile = {"real_name": it.name, "display_name": it.name, **({"email": it.email} if with_email else {})}
    return {
        "id": it.id,
        "team_id": TEAM,
        "name": it.handle,
        "real_name": it.name,
        "deleted": it.deactivated,
        "is_bot": it.is_bot,
        "is_restricted": it.restricted,
        "profile": profile,
    }


def user_group(it: SandboxUserGroup) -> Answer:
    return {
        "id": it.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "handle": it.handle,
        "name": it.name,
        "date_delete": 0 if it.enabled else 1,
        "users": it.users,
        "user_count": len(it.users),
    }


def view(it: SandboxModal, state: JsonValue = None) -> dict[str, JsonValue]:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    fields = ("type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "external_id")
    switches = ("clear_on_close", "notify_on_close")
    return {
        "id": it.id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT,
        **{name: it.shape.get(name) for name in fields},
        "private_metadata": it.shape.get("private_metadata") or "",
        "callback_id": it.shape.get("callback_id") or "",
        "external_id": it.external_id,
        **{name: bool(it.shape.get(name)) for name in switches},
        "state": {"values": state or {}},
        "hash": it.hash,
        "root_view_id": it.root_id,
        "previous_view_id": it.previous_id,
    }
