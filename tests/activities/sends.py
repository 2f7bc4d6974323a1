"""Effects ready to go, as the workflow's shell would send them."""

from datetime import UTC, datetime
from typing import Any

from workflows.policy.effects.effects import (
    Destination,
    Effect,
    OpenChannel,
    Page,
    Post,
    Publish,
    Send,
    SyncPager,
    Ticket,
)

INCIDENT = "20261121-0204-k7"


def send(effect: Effect, **fields: Any) -> Send:
    given = {
        "incident": INCIDENT,
        "key": "duty/1",
        "vendor_key": f"{INCIDENT}/duty/1",
        "subject": "SEV-1: checkout is down",
        "text": "checkout is down since 02:04",
        "first_started_at": datetime.now(UTC),
    }
    return Send(effect=effect, **(given | fields))


def page(
    to: str = "on-call", supersedes: tuple[str, ...] = (), not_through: tuple[str, ...] = (), **fields: Any
) -> Send:
    started = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)
    effect = Page(to=to, tier=1, round=1, round_started_at=started, supersedes=supersedes, not_through=not_through)
    return send(effect, **fields)


def sync(ring: str, become: Any = "acknowledged") -> Send:
    return send(SyncPager(to="on-call", ring=ring, become=become))


def post(channel: str = "#incidents", thread: str | None = None, **fields: Any) -> Send:
    of_effect = {name: fields.pop(name) for name in ("mention", "pin", "offers") if name in fields}
    return send(Post(to=Destination(channel=channel, thread=thread), template="declaration", **of_effect), **fields)


def channel(name: str = f"incident-{INCIDENT}", private: bool = False, **fields: Any) -> Send:
    return send(OpenChannel(name=name, private=private), **fields)


def publish(status: Any = "investigating", page_incident: str | None = None, **fields: Any) -> Send:
    return send(Publish(status=status, template="public", page_incident=page_incident), **fields)


def correction(
    update: str, before: str, page_incident: str | None = None, status: Any = "investigating", **fields: Any
) -> Send:
    effect = Publish(
        status=status, template="public", page_incident=page_incident, corrects=update, before=before, approved=True
    )
    return send(effect, **fields)


def ticket(action: Any = "create", key: str | None = None, **fields: Any) -> Send:
    return send(Ticket(action=action, ticket=key, to="JIRA", template="ticket"), **fields)
