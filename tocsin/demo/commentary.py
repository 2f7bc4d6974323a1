"""The demo's commentary: each new line of the incident's timeline, with what was due and how late it went out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from workflows.policy.incident.messages import TimelineEntry
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, DutyKind, duty_of
from workflows.policy.views.results import Status


@dataclass(frozen=True)
class DemoStep:
    at: timedelta
    """Since the declaration, in the incident's time."""
    text: str
    loud: bool = False
    ours: bool = False
    """The demo did it, not the incident."""
    due: timedelta | None = None
    late: timedelta | None = None
    """In real time."""


@dataclass(frozen=True)
class DemoSent:
    duty: str
    due: timedelta
    settlement: Settlement


class Commentary:
    """Looks at one state of the incident after another."""

    def __init__(self) -> None:
        self._seen = 0
        self.sent: dict[tuple[str, int], DemoSent] = {}
        """Everything that was settled, by duty and occurrence: the state itself keeps only the last of each duty."""

    def news(self, status: Status) -> Iterator[DemoStep]:
        incident = status.incident
        for duty, settlement in incident.settled.items():
            if duty_of(duty).kind is DutyKind.CARD:
                continue  # an edit waits for the next one on purpose, and stands on no line of its own
            due = settlement.due_at - incident.declared_at
            self.sent.setdefault((duty, settlement.occurrence), DemoSent(duty, due, settlement))
        count = incident.timeline_dropped + len(incident.timeline)
        new = incident.timeline[max(0, self._seen - incident.timeline_dropped) :]
        self._seen = count
        for entry in new:
            yield self._step(incident, entry)

    def _step(self, incident: Incident, entry: TimelineEntry) -> DemoStep:
        sent = next((s for s in self.sent.values() if _belongs_to(s, entry)), None)
        return DemoStep(
            at=entry.at - incident.declared_at,
            text=_with_channel_name(incident, entry.text),
            loud=entry.loud,
            due=sent.due if sent else None,
            late=sent.settlement.late if sent else None,
        )


def _belongs_to(sent: DemoSent, entry: TimelineEntry) -> bool:
    """The timeline is for people and has no keys: a line belongs to what of its kind settled then."""
    return sent.settlement.settled_at == entry.at and _family_of(duty_of(sent.duty)) == _family(entry)


def _family_of(duty: DutyKey) -> str:
    if duty.is_page:
        return "page"
    return duty.kind.value if duty.kind in (DutyKind.PUBLISH, DutyKind.ANNOUNCEMENT) else "post"


def _family(entry: TimelineEntry) -> str:
    """A page that failed has nothing to be told by, an update is a post."""
    if entry.kind == "page" and not entry.text.startswith("paged "):
        return "event"
    return "post" if entry.kind == "update" else entry.kind


def _with_channel_name(incident: Incident, text: str) -> str:
    """Slack knows the incident's channel by an id, people by its name."""
    channel = incident.references.get("channel")
    return text.replace(channel, f"#incident-{incident.id}") if channel else text


def clock(span: timedelta) -> str:
    """`T+05:10`: minutes and seconds since the declaration."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"T+{minutes:02}:{seconds:02}"
