"""The desk that goes to Temporal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from starter.desk import acting, adopting, listing, looking
from starter.desk.answers import (
    Adoption,
    Declaration,
    Declared,
    KeptFollowUp,
    ListedObligation,
    Remembered,
    ShownIncident,
    ShownReview,
)
from starter.desk.fate import FATE_WITHIN
from starter.temporal.drills import answer_in_real_time, foreseen_in_real_time, page_in_real_time
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.redacting import redacted_opening
from starter.temporal.results import ListPage, RefusedByIncident, ReviewSummary, Row, Summary, whole
from starter.temporal.reviews import Reviews
from starter.temporal.stuck_marks import stuck_marked
from workflows.policy.incident.events import Event, RunbookAdopted
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, PlanView, UpdateResult
from workflows.policy.watches.installation import Installation


def published_runbook(there: Installation, name: str) -> Runbook:
    """The installation's runbook of that name; without one, its default. Raises RefusedByIncident."""
    book = there.runbooks.get(name or there.default)
    if book is None:
        has = ", ".join(sorted(there.runbooks)) or "none"
        raise RefusedByIncident(f"there is no runbook {name or there.default!r}: the running installation has {has}")
    return book


@dataclass(frozen=True)
class TemporalDesk:
    known: Incidents
    choose: Callable[[Installation, str], Runbook] = published_runbook
    """Which runbook is meant by a name."""
    fate_within: timedelta = FATE_WITHIN
    """How long it is waited for what becomes of a page."""

    async def ask(self, part: str, event: Event, *, unlisted: bool = False) -> UpdateResult:
        return answer_in_real_time(await acting.ask(self.known, part, event, self.fate_within, unlisted=unlisted))

    async def foresee(self, part: str, event: Event, *, unlisted: bool = False) -> Foreseen:
        return foreseen_in_real_time(await acting.foresee(self.known, part, event, unlisted=unlisted))

    async def preview_public(self, said: Declaration) -> tuple[Outgoing, ...]:
        return await acting.preview_public(await self._opening(said, ""))

    async def declare(self, said: Declaration, by: str, event_id: str = "") -> Declared:
        """Raises ValidationError, Unpublished."""
        return await acting.declare(self.known, await self._opening(said, by), event_id, self.fate_within)

    async def _opening(self, said: Declaration, by: str) -> OpenRequest:
        """As it will be stored, so that a preview shows what goes out."""
        there = await Installations(self.known.connection).current()
        opening = acting.opening(there, self.choose(there, said.runbook), said, by)
        return redacted_opening(opening, self.known.connection.redact)

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        return await self._listed(await self.known.page(number, size, include_closed=closed))

    async def all_incidents(self, *, closed: bool) -> tuple[Summary, ...]:
        return (await self._listed(whole(await self.known.list(include_closed=closed)))).rows

    async def show(self, part: str) -> ShownIncident | Remembered:
        return await looking.show(self.known, part)

    async def plan(self, part: str) -> PlanView | Remembered:
        return await looking.plan(self.known, part)

    async def reviews(self, number: int, size: int, *, closed: bool) -> ListPage[ReviewSummary]:
        return await self._listed(await Reviews(self.known).page(number, size, include_closed=closed))

    async def all_reviews(self, *, closed: bool) -> tuple[ReviewSummary, ...]:
        return (await self._listed(whole(await Reviews(self.known).list(include_closed=closed)))).rows

    async def _listed(self, page: ListPage[Row]) -> ListPage[Row]:
        return page_in_real_time(await stuck_marked(self.known.connection, page))

    async def show_review(self, part: str) -> ShownReview | Remembered:
        return await looking.show_review(self.known, part)

    async def follow_ups(self, part: str) -> list[KeptFollowUp]:
        return await listing.follow_ups(self.known, part)

    async def obligations(self, part: str) -> list[ListedObligation]:
        return await listing.obligations(self.known, part)

    async def foresee_adoption(self, part: str, runbook: str) -> Adoption:
        return await adopting.foresee_adoption(self.known, part, await self._published(runbook))

    async def adopt(self, part: str, runbook: str, by: str, via: str, event_id: str = "") -> UpdateResult:
        adopted = RunbookAdopted(runbook=await self._published(runbook), by=by, via=via, id=event_id)
        return answer_in_real_time(await adopting.adopt(self.known, part, adopted))

    async def _published(self, runbook: str) -> Runbook:
        return self.choose(await Installations(self.known.connection).current(), runbook)
