"""How incidents stand, for whoever asks in Slack; it changes nothing."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field

from chat import words
from chat.acting import Answered, Hands, in_words
from chat.people import Presser
from starter.desk import looking
from starter.desk.answers import Remembered, ShownIncident, ShownReview
from starter.desk.desk import Desk
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, LookupFailed, NobodyWorks, RefusedByIncident, Unreachable
from workflows.durable.clock import Clock
from workflows.policy.incident.private import is_private
from workflows.policy.keys import workflow_ids
from workflows.policy.runbook.names import severity_title

MOST_LISTED_IN_CHAT = 20
MOST_COMING = 5
MOST_REMEMBERED = 10


@dataclass(frozen=True)
class SeenAfterwards:
    """How it stands once what people pressed is stored."""

    text: str
    refusals: Mapping[str, str] = field(default_factory=dict)
    """By the id of what they pressed, why that came to little."""
    is_late: bool = False
    """The incident has not said yet."""

    def answer_to(self, event_id: str) -> str:
        """To whoever pressed that."""
        why = self.refusals.get(event_id)
        return words.came_to_little(why) if why else self.text


@dataclass(frozen=True)
class Looks:
    hands: Hands
    patient: Incidents
    """For those who have time."""

    async def list(self, presser: Presser) -> str:
        return await _text(self._list(presser))

    async def at(self, what: str, part: str, presser: Presser, *, here: bool) -> str:
        """`what`: `show` or `review`."""
        return await _text(self._at(what, part, presser, here))

    async def after(self, found: FoundIncident) -> SeenAfterwards:
        """For everybody who may see what is not private."""
        return await _afterwards(self.patient, found, in_private=False)

    async def after_in_private(self, found: FoundIncident) -> SeenAfterwards:
        """Whether it counts, which anybody may know who did something, and, for who may see it, why it came to little.
        Nobody reads there how it stands."""
        return await _afterwards(self.patient, found, in_private=True)

    async def _at(self, what: str, part: str, presser: Presser, here: bool) -> Answered:
        desk = await self.hands.desk_of(presser, here=here)
        return await (_review(desk, part) if what == "review" else _incident(desk, part))

    async def _list(self, presser: Presser) -> Answered:
        desk = await self.hands.desk_of(presser, here=False)
        page = await desk.incidents(1, MOST_LISTED_IN_CHAT, closed=False)
        lines = [
            f"*{words.plain(row.incident)}* {severity_title(row.severity)} {words.plain(row.title)}: {row.phase}, "
            + (f"acknowledged by {words.plain(row.acknowledged_by)}" if row.acknowledged_by else "*not acknowledged*")
            for row in page.rows
        ]
        more = [f"... and {page.total - len(page.rows)} more"] if page.total > len(page.rows) else []
        return Answered("\n".join((*lines, *more)) or "No incident is open.")


async def _incident(desk: Desk, part: str) -> Answered:
    shown = await desk.show(part)
    return _remembered(shown) if isinstance(shown, Remembered) else Answered("\n".join(_standing(shown)))


def _standing(shown: ShownIncident) -> Sequence[str]:
    incident, name = shown.state.incident, shown.state.name
    held = (f"{shown.state.role_name(role)}: {name(person)}" for role, person in incident.roles.items())
    roles = ", ".join(held) or "nobody has a role"
    by, wall = name(incident.acknowledged_by), Clock(incident.declared_at, shown.plan.speed).wall
    return (
        f"*{words.plain(incident.id)}* {severity_title(incident.severity)} {words.plain(incident.title)}",
        f"{incident.phase}, declared {words.moment(incident.declared_at)}",
        f"acknowledged by {words.plain(incident.answered(by))}" if by else "*not acknowledged*",
        words.plain(roles),
        *(f"• {words.plain(line.what)}, {words.moment(wall(line.at))}" for line in shown.plan.lines[:MOST_COMING]),
    )


async def _afterwards(known: Incidents, found: FoundIncident, *, in_private: bool) -> SeenAfterwards:
    """What is stored stays so if nobody can say more now. It is found already, and may be private or another's by
    now."""
    show = looking.show_found_review if workflow_ids.is_review(found.workflow_id) else looking.show_found
    try:
        shown = await show(known, found)
    except (LookupFailed, NobodyWorks, RefusedByIncident, Unreachable):
        return SeenAfterwards(words.STORED)
    if isinstance(shown, Remembered):
        if shown.perhaps_late:
            return SeenAfterwards(words.FOLLOWS, is_late=True)
        why = "." if in_private else f": {words.plain(shown.problem)}"
        return SeenAfterwards(f"{words.NOBODY_ACTS}{why}")
    if in_private:
        return SeenAfterwards(words.STORED, shown.state.refusals)
    incident = shown.state.review.incident if isinstance(shown, ShownReview) else shown.state.incident
    if incident.id != found.incident or is_private(incident):
        return SeenAfterwards(words.STORED)
    lines = [_owed(shown)] if isinstance(shown, ShownReview) else _standing(shown)
    return SeenAfterwards("\n".join((words.STORED, *lines)), shown.state.refusals)


async def _review(desk: Desk, part: str) -> Answered:
    shown = await desk.show_review(part)
    return _remembered(shown) if isinstance(shown, Remembered) else Answered(_owed(shown))


def _owed(shown: ShownReview) -> str:
    incident = shown.state.review.incident
    wall = Clock(incident.declared_at, shown.state.speed).wall
    owed = [f"• {words.plain(each.title)}, due {words.moment(wall(each.due_at))}" for each in shown.state.owed]
    head = f"*Review of {words.plain(incident.id)}*"
    return "\n".join((head, *(owed or ["Nothing is owed."])))


def _remembered(kept: Remembered) -> Answered:
    lines = [f"• {words.moment(line.at)} {words.plain(line.text)}" for line in kept.history[-MOST_REMEMBERED:]]
    return Answered("\n".join((words.plain(kept.problem), *lines)))


async def _text(work: Awaitable[Answered]) -> str:
    return (await in_words(work)).text[: words.LONGEST_SECTION]
