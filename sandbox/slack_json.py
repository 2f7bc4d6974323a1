"""How Slack writes channels and messages down."""

from sandbox.slack import SandboxChannel, SandboxMessage

Answer = dict[str, object]

TEAM, BOT_USER, BOT = "T0SANDBOX", "U0TOCSIN", "B0TOCSIN"


def channel(it: SandboxChannel) -> Answer:
    return {
        "id": it.id,
        "name": it.name,
        "is_channel": True,
        "is_private": it.private,
        "is_archived": False,
        "is_member": True,
        "topic": {"value": it.topic, "creator": BOT_USER, "last_set": 0},
    }


def message(it: SandboxMessage, with_metadata: bool = True) -> Answer:
    shown: Answer = {"type": "message", "ts": it.ts, "text": it.text, "user": BOT_USER, "bot_id": BOT}
    if it.blocks:
        shown["blocks"] = it.blocks
    if it.metadata and with_metadata:
        shown["metadata"] = it.metadata
    if it.edited:
        shown["edited"] = {"user": BOT_USER, "ts": it.ts}
    if it.broadcast:
        shown["subtype"] = "thread_broadcast"
    if it.thread_ts or it.replies:
        shown["thread_ts"] = it.thread_ts or it.ts
    if it.replies:
        shown |= {"reply_count": len(it.replies), "latest_reply": it.replies[-1].ts}
    return shown
