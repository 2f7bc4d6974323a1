"""Records of a status page, for whoever shows it."""

from datetime import UTC, datetime, timedelta

from starter.public_page.standing import PageIdentity, PublicStanding
from workflows.policy.incident.events import Event
from workflows.policy.watches.public_page import MaintenanceAnnounced, PageRecord, SaidInPublic, apply

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
ACME = PageIdentity("Acme", "https://status.acme.example")
SERVICES = ("Payments", "Search", "Logins")


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def said(minutes: int, text: str, status: str = "investigating", incident: str = "aa11", **more: object) -> Event:
    known = {"at": ago(minutes), "id": f"{incident}/{minutes}", "status": status, "text": text, "incident": incident}
    return SaidInPublic.model_validate({"name": "Payments fail for some customers", **known, **more})


def planned(begins_in: int, ends_in: int, maintenance: str = "bb22", **more: object) -> Event:
    known = {"maintenance": maintenance, "starts_at": ago(-begins_in), "ends_at": ago(-ends_in), "at": ago(600)}
    return MaintenanceAnnounced.model_validate({"name": "Moving the database", **known, **more})


def standing(*events: Event, services: tuple[str, ...] = SERVICES, now: datetime = NOW) -> PublicStanding:
    record = PageRecord()
    for event in sorted(events, key=lambda event: event.at):
        record = apply(record, event)
    return PublicStanding(record, services, now)


PAYMENTS_FAIL = (
    said(48, "We are looking into failing card payments.", impact="major", components=("Payments",)),
    said(
        21,
        "A change of this morning is the cause. We are taking it back.",
        "identified",
        impact="major",
        components=("Payments",),
    ),
)
OVER = (
    said(4400, "Search answers slowly.", incident="cc33", name="Slow search", impact="minor", components=("Search",)),
    said(
        4310,
        "Search answers as fast as ever.",
        "resolved",
        incident="cc33",
        name="Slow search",
        impact="minor",
        components=("Search",),
    ),
)
