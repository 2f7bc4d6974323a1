"""The one module that holds a Temporal client: opens incidents, signals them what happened, asks how they stand."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import (
    RawValue,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from starter.temporal import directory, histories
from starter.temporal.connection import DEADLINE, QUERY_WITHIN, TemporalConnection
from starter.temporal.pages import Newest
from starter.temporal.redacting import Redact, redacted, redacted_opening
from starter.temporal.results import (
    PAGE_SIZE,
    FoundIncident,
    HistoryLine,
    ListPage,
    NobodyWorks,
    NothingOpen,
    Past,
    RefusedByIncident,
    Summary,
)
from workflows.durable import search_attributes as attributes
from workflows.durable.summaries import summary
from workflows.policy.incident.events import AlertsReceived, E, Event
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import PRIVATE_FLAGS
from workflows.policy.keys.slugs import slug
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import IncidentInput, PlanView, Status, UpdateResult
from workflows.policy.views.standing import urgency
from workflows.policy.views.summary import listed
from workflows.queues import FIRST_IN_LINE, WORKFLOW_QUEUE

LONG_LIST = timedelta(minutes=5)
A_PAGE_WITHIN: Final = timedelta(seconds=20)
"""A page far behind is read up to there."""

A = TypeVar("A", bound=BaseModel)


class Incidents:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(
        self, client: Client, but: str = "", patience: timedelta = QUERY_WITHIN, redact: Redact | None = None
    ) -> None:
        """`but`: what its lists and look-ups leave out, as the end of a query. `patience`: how long an incident is
        waited for that has a worker. `redact`: for what people and vendors say."""
        self._client = client
        self._patience = patience
        self._connection = TemporalConnection(client, redact)
        self.but = but

    def without_private(self) -> "Incidents":
        """As those see them who may not know that there are others: found and counted by nothing."""
        return Incidents(self._client, directory.WITHOUT_PRIVATE, self._patience, self._connection.redact)

    def with_patience(self, patience: timedelta) -> "Incidents":
        return Incidents(self._client, self.but, patience, self._connection.redact)

    @property
    def connection(self) -> TemporalConnection:
        """Shared with heartbeats, silences, reviews and the installation."""
        return self._connection

    @property
    def address(self) -> str:
        return self._connection.address

    async def open(
        self,
        workflow_id: str,
        opening: OpenRequest,
        delivery: AlertsReceived,
        *more: AlertsReceived,
        if_open: Sequence[AlertsReceived] = (),
    ) -> bool:
        """Hand alerts to their incident; firing ones open it if need be. False: there was nothing open to tell.

        Once this returns, Temporal has the alerts. `if_open`: it probably is, and is then told this; the opening, which
        carries the whole runbook, is sent only if it turns out not to be.
        """
        fires = any(alert.status == "firing" for each in (delivery, *more) for alert in each.alerts)
        if if_open or not fires:
            try:
                first, *rest = if_open or (delivery, *more)
                await self.signal(workflow_id, first, *rest)
            except NothingOpen:
                if not fires:
                    return False
            else:
                return True
        await self._start(workflow_id, opening, delivery, *more)
        return True

    async def declare(self, opening: OpenRequest, name: str | None = None) -> str:
        """Open an incident by hand. Returns its workflow id. With the same name again it is the same incident, open or
        closed."""
        opening = redacted_opening(opening, self._connection.redact)
        may_be_read = PRIVATE_FLAGS.isdisjoint(opening.flags)
        words = slug(opening.title)[0] if name is None and may_be_read else ""  # a name may come with another title
        workflow_id = "-".join(filter(None, ("incident-declared", words, name or uuid4().hex[:20])))
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await self._start(workflow_id, opening, reuse=WorkflowIDReusePolicy.REJECT_DUPLICATE)
        return workflow_id

    async def signal(self, workflow_id: str, event: E, *more: E) -> None:
        """Signal an incident: Temporal keeps it, with or without a worker. Raises NothingOpen."""
        handle = self._client.get_workflow_handle(workflow_id)
        said = [self._payload(each) for each in (event, *more)]
        async with self._connection.temporal(workflow_id):
            await handle.signal(_name(event), args=said, rpc_timeout=DEADLINE)

    async def goes_on(self, workflow_id: str, incident: str) -> bool:
        """Is it this incident that has the workflow id now, open or remembered?"""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with self._connection.temporal(workflow_id):
                found = await handle.describe(rpc_timeout=DEADLINE)
        except NothingOpen:
            return False
        its_own = found.typed_search_attributes.get(attributes.INCIDENT) == incident
        return found.status is WorkflowExecutionStatus.RUNNING and its_own

    async def ask(self, workflow_id: str, event: Event, patience: timedelta | None = None) -> UpdateResult:
        """Do what a person wants done, and say what it changed.

        Raises Refused, NothingOpen, or Recorded: then a signal has been left, under the same event id, so that the
        event counts once even if the update should be carried out after all.
        """
        event = event if event.id else event.model_copy(update={"id": uuid4().hex})
        try:
            return await self._update(workflow_id, event, patience or self._patience)
        except NobodyWorks as nobody:
            await self.signal(workflow_id, event)
            raise nobody.recorded() from None

    async def status(self, workflow_id: str, run_id: str | None = None, patience: timedelta | None = None) -> Status:
        """Raises NobodyWorks, NothingOpen (no such workflow)."""
        return await self.query(workflow_id, run_id, "state", Status, patience or self._patience)

    async def plan_view(
        self, workflow_id: str, run_id: str | None = None, patience: timedelta | None = None
    ) -> PlanView:
        """Raises NobodyWorks, NothingOpen (no such workflow)."""
        return await self.query(workflow_id, run_id, "plan", PlanView, patience or self._patience)

    async def foresee(self, workflow_id: str, event: Event) -> Foreseen:
        """What `ask` would do now. Raises Refused, NobodyWorks, NothingOpen."""
        said = (_name(event), self._payload(event))
        found = await self.query(workflow_id, None, "foresee", Foreseen, self._patience, said)
        if found.refused:
            raise RefusedByIncident(found.refused)
        return found

    async def history(self, workflow_id: str, run_id: str | None = None) -> tuple[HistoryLine, ...]:
        """The lines of the history, for when no worker answers. Raises NothingOpen (no such workflow)."""
        handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
        async with self._connection.temporal(workflow_id, QUERY_WITHIN):
            events = handle.fetch_history_events(rpc_timeout=QUERY_WITHIN)
            return tuple([line async for line in histories.read(self._client.data_converter, events)])

    async def find(self, part: str | None = None, *, closed: bool = False) -> FoundIncident:
        """The incident that is meant: see `Lookup.find`. Raises LookupFailed."""
        async with self._connection.temporal():
            return await directory.lookup(self._client, self.but).find(part, closed=closed)

    async def page(self, number: int = 1, size: int = PAGE_SIZE, *, include_closed: bool = False) -> ListPage[Summary]:
        """Of the open incidents, the most urgent first, and then of closed ones. It costs as much with ten thousand
        open as with ten, and asks no incident."""
        async with self._connection.temporal(deadline=A_PAGE_WITHIN):
            return await directory.page(self._client, number, size, include_closed=include_closed, but=self.but)

    async def closed_before(self, at: datetime, run_id: str = "", size: int = PAGE_SIZE) -> tuple[Summary, ...]:
        """The next page of what has closed: by then, and after that run."""
        async with self._connection.temporal(deadline=A_PAGE_WITHIN):
            return await directory.closed_before(self._client, at, run_id, size, self.but)

    async def unresolved(self, size: int) -> tuple[tuple[Summary, ...], dict[str, int]]:
        """The gravest of those that are not over, and how many there are of each severity."""
        async with self._connection.temporal(deadline=A_PAGE_WITHIN):
            return await directory.unresolved(self._client, size, self.but)

    async def list(self, include_closed: bool = False) -> tuple[Summary, ...]:
        """All of them, in the same order. There may be thousands."""
        async with self._connection.temporal(deadline=LONG_LIST):
            return await directory.summaries(self._client, include_closed=include_closed, but=self.but)

    async def begun(self, since: datetime) -> Newest[Summary]:
        """Open ones that have begun since then, and perhaps some older ones. There may be thousands."""
        async with self._connection.temporal(deadline=LONG_LIST):
            return await directory.begun(self._client, since, self.but)

    async def ended(self, since: datetime, seen: directory.ReadProgress) -> Past:
        """Incidents that have ended since then. There may be thousands: `seen` is told how far it has come."""
        async with self._connection.temporal(deadline=LONG_LIST):
            return await directory.ended(self._client, since, seen, self.but)

    async def check(self) -> None:
        """Returns if Temporal answers, and knows our namespace."""
        await self._connection.check()

    async def _start(
        self,
        workflow_id: str,
        opening: OpenRequest,
        *deliveries: AlertsReceived,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    ) -> None:
        async with self._connection.temporal():
            await self._client.start_workflow(
                "incident",
                IncidentInput(opening=opening),
                id=workflow_id,
                id_reuse_policy=reuse,
                task_queue=WORKFLOW_QUEUE,
                priority=FIRST_IN_LINE,
                task_timeout=timedelta(seconds=5),  # what a killed worker costs at most
                search_attributes=_attributes(opening),
                memo=listed(opening, datetime.now(UTC)),
                static_summary=summary(f"{opening.severity.upper()} {opening.title}"),
                start_signal=_name(deliveries[0]) if deliveries else None,
                start_signal_args=[self._payload(delivery) for delivery in deliveries],
                rpc_timeout=DEADLINE,
            )

    async def _update(self, workflow_id: str, event: Event, patience: timedelta) -> UpdateResult:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with self._connection.worker(workflow_id, patience):
                changed: UpdateResult = await handle.execute_update(
                    _name(event), self._payload(event), id=event.id, result_type=UpdateResult, rpc_timeout=patience
                )
        except WorkflowUpdateFailedError as error:
            said = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
            raise RefusedByIncident(said) from None
        return changed

    async def query(
        self,
        workflow_id: str,
        run_id: str | None,
        name: str,
        answer: type[A],
        patience: timedelta,
        said: Sequence[object] = (),
    ) -> A:
        """Raises NobodyWorks, NothingOpen (no such workflow), Refused."""
        handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
        try:
            async with self._connection.worker(workflow_id, patience):
                answered: A = await handle.query(name, args=said, result_type=answer, rpc_timeout=patience)
        except WorkflowQueryFailedError as error:
            raise RefusedByIncident(f"{workflow_id} could not answer: {error.message}") from None
        return answered

    def _payload(self, event: Event) -> RawValue:
        """Without what is left at its default: so a command has no time of its own, and the workflow stamps it."""
        said = redacted(event, self._connection.redact)
        written = said.model_dump_json(exclude_defaults=True).encode()
        return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=written))


def _name(event: Event) -> str:
    return str(type(event).model_fields["kind"].default)


def _attributes(opening: OpenRequest) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(attributes.SEVERITY, opening.severity),
            SearchAttributePair(attributes.SERVICE, opening.service),
            SearchAttributePair(attributes.RUNBOOK, opening.runbook.runbook),
            SearchAttributePair(attributes.PHASE, "investigating"),
            SearchAttributePair(attributes.URGENCY, urgency(opening.severity)),
            *([] if PRIVATE_FLAGS.isdisjoint(opening.flags) else [SearchAttributePair(attributes.PRIVATE, True)]),
        ]
    )
