"""What can be done and asked, whichever way it goes: to Temporal itself, or to a gateway's HTTP API."""

from typing import Protocol

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
from starter.temporal.results import ListPage, ReviewSummary, Summary
from workflows.policy.incident.events import Event
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, PlanView, UpdateResult


class Desk(Protocol):
    """`part` is a clear part of an incident's id; empty, the only one that is open. Every method may raise Unreachable;
    those that take a part, LookupFailed; those that do something, RefusedByIncident and Recorded."""

    async def ask(self, part: str, event: Event, *, unlisted: bool = False) -> UpdateResult:
        """`unlisted`: it may name somebody whom the runbook does not list. Otherwise raises Unlisted."""
        ...

    async def foresee(self, part: str, event: Event, *, unlisted: bool = False) -> Foreseen:
        """What `ask` would do now; nothing happens. What `ask` would refuse, this refuses, in the same words. Raises
        NobodyWorks."""
        ...

    async def preview_public(self, said: Declaration) -> tuple[Outgoing, ...]:
        """What would go out by itself, if that were declared now. Raises ValidationError."""
        ...

    async def declare(self, said: Declaration, by: str, event_id: str = "") -> Declared: ...

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]: ...

    async def all_incidents(self, *, closed: bool) -> tuple[Summary, ...]: ...

    async def show(self, part: str) -> ShownIncident | Remembered: ...

    async def plan(self, part: str) -> PlanView | Remembered: ...

    async def reviews(self, number: int, size: int, *, closed: bool) -> ListPage[ReviewSummary]: ...

    async def all_reviews(self, *, closed: bool) -> tuple[ReviewSummary, ...]: ...

    async def show_review(self, part: str) -> ShownReview | Remembered: ...

    async def follow_ups(self, part: str) -> list[KeptFollowUp]: ...

    async def obligations(self, part: str) -> list[ListedObligation]:
        """Legal clocks that run: of one incident or its review, or of all that are open."""
        ...

    async def foresee_adoption(self, part: str, runbook: str) -> Adoption:
        """What would change if the incident went on by that runbook as the installation has it now. Raises
        NobodyWorks, Unpublished."""
        ...

    async def adopt(self, part: str, runbook: str, by: str, via: str, event_id: str = "") -> UpdateResult: ...
