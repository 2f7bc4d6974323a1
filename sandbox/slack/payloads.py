"""What Slack tells an app: https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/reference/events"""

from pydantic import JsonValue

from sandbox.ids import new_id
from sandbox.slack.channel import SandboxChannel
from sandbox.slack.people import APP, BOT_USER, TEAM, TEAM_DOMAIN, SandboxMember

SlackPayload = dict[str, JsonValue]
_TOKEN = "sandbox-verification-token"  # noqa: S105 # Slack still sends it; nobody should look at it


def interaction(kind: str, who: SandboxMember, trigger_id: str) -> SlackPayload:
    """What all of them have."""
    return {
        "type": kind,
        "token": _TOKEN,
        "api_app_id": APP,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": who.id, "username": who.handle, "name": who.handle, "team_id": TEAM},
        "trigger_id": trigger_id,
    }


def from_message(channel: SandboxChannel, ts: str, message: JsonValue, response_url: str) -> SlackPayload:
    """Where a button was. Of an ephemeral message Slack tells no content."""
    return {
        "container": {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": message is None},
        "channel": {"id": channel.id, "name": _name(channel)},
        **({} if message is None else {"message": message}),
        "state": {"values": {}},
        "response_url": response_url,
    }


def from_view(view: SlackPayload) -> SlackPayload:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def slash_command(
    who: SandboxMember, channel: SandboxChannel, command: str, text: str, trigger_id: str, response_url: str
) -> SlackPayload:
    """A form: everything in it is text."""
    return {
        "token": _TOKEN,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": who.id,
        "user_name": who.handle,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def event_callback(event: SlackPayload, at: float) -> SlackPayload:
    return {
        "token": _TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(at),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def _name(channel: SandboxChannel) -> str:
    """Slack does not say which private channel: `privategroup`."""
    if channel.direct:
        return "directmessage"
    return "privategroup" if channel.private else channel.name
