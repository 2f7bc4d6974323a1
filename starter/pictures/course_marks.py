"""What stands in the picture of an incident's course: when each thing was due, and when it was done."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, DutyKind, duty_of
from workflows.policy.planning.wording import duty_name
from workflows.policy.time.durations import write
from workflows.policy.views.results import PlanView, Upcoming

LATE_FROM: Final = timedelta(seconds=5)
COURSE_LANES: Final = {
    "people": "People",
    "channel": "Channel",
    "public": "Status page",
    "papers": "Mails, tickets, documents",
}
_LANE_OF_KIND: Final = {
    "page": "people",
    "publish": "public",
    "email": "papers",
    "ticket": "papers",
    "document": "papers",
}
_BEHIND_THE_SCENES: Final = ("hush", "annotate", "topic", "card", "invite", "on-call")
_PAPERS: Final = (DutyKind.EMAIL, DutyKind.TICKET, DutyKind.DOCUMENT, DutyKind.REVIEW_DOCUMENT)
_UNSEEN: Final = (
    DutyKind.SYNC_ACKNOWLEDGED,
    DutyKind.SYNC_RESOLVED,
    DutyKind.ANNOTATE,
    DutyKind.NEWS_AT_PAGER,
    DutyKind.UPDATE_AT_PAGER,
    DutyKind.UPDATE_FOR_SUBSCRIBERS,
    DutyKind.RATE,
    DutyKind.CONFIRM,
    DutyKind.TOPIC,
    DutyKind.CARD,
    DutyKind.INVITE,
    DutyKind.ON_CALL,
)


@dataclass(frozen=True)
class CourseMark:
    lane: str
    row: str
    due_at: datetime
    done_at: datetime | None
    """None: it is yet to come."""
    outcome: str
    said: str
    is_late: bool = False


def course_marks(incident: Incident, view: PlanView, person: Callable[[str], str]) -> list[CourseMark]:
    """`person`: how somebody is called."""
    return [*_done(incident, person), *_to_come(view.lines, _horizon(incident, view), person)]


def _done(incident: Incident, person: Callable[[str], str]) -> Iterator[CourseMark]:
    """The last time of each duty, as the facts have it."""
    for duty, last in incident.settled.items():
        key = duty_of(duty)
        if key.kind in _UNSEEN:
            continue
        name = _row_name(key, person)
        late = f", {write(last.late)} late" if last.late >= LATE_FROM else ""
        said = f"{name}: due {last.due_at:%H:%M:%S}, {last.outcome} {last.settled_at:%H:%M:%S}{late}"
        is_late = last.late >= LATE_FROM
        yield CourseMark(_lane_of(key), name, last.due_at, last.settled_at, last.outcome, said, is_late)


def _row_name(key: DutyKey, person: Callable[[str], str]) -> str:
    if key.is_page:
        return f"{person(key.person)}, tier {key.tier}" if key.tier is not None else person(key.person)
    return key.name if key.kind is DutyKind.PUBLISH else duty_name(key.written)


def _lane_of(key: DutyKey) -> str:
    if key.is_page:
        return "people"
    if key.kind in (DutyKind.PUBLISH, DutyKind.CORRECT):
        return "public"
    return "papers" if key.kind in _PAPERS else "channel"


def _to_come(lines: Iterable[Upcoming], until: datetime, person: Callable[[str], str]) -> Iterator[CourseMark]:
    for line in lines:
        if line.kind in _BEHIND_THE_SCENES or line.at > until:
            continue
        key = duty_of(line.duty)
        name = _row_name(key, person)
        said = f"{line.what}: due {line.at:%H:%M:%S}, because {line.reason}"
        yield CourseMark(_LANE_OF_KIND.get(line.kind, "channel"), name, line.at, None, line.state, said)


def _horizon(incident: Incident, view: PlanView) -> datetime:
    """As far ahead as it has lasted, so that both halves can be read."""
    return view.now + max(view.now - incident.declared_at, timedelta(hours=1))
