"""The rotas that Temporal keeps: a workflow for each, its roster and its overrides readable without a worker."""

from collections.abc import Iterable
from contextlib import suppress

from pydantic import ValidationError
from temporalio.common import WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, TemporalConnection
from starter.temporal.named import NamedWorkflows
from starter.temporal.results import NothingOpen
from workflows.durable.memos import CARD_MEMO
from workflows.durable.summaries import summary
from workflows.policy.incident.events import Event
from workflows.policy.rota.roster import RosterCard
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.shift import Adopted, KeptRota, Retired, terms_of, workflow_id
from workflows.queues import WORKFLOW_QUEUE

RUNNING_SHIFTS = "WorkflowType = 'shift' AND ExecutionStatus = 'Running'"


def _missing(name: str) -> str:
    return f"no rota {name!r} is kept: the worker keeps those of the runbooks that it has loaded"


class Shifts:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection
        self._named = NamedWorkflows(connection, workflow_id, _missing)

    async def card(self, runbook: str, post: str) -> RosterCard | None:
        """Raises NothingOpen if none is kept."""
        async with self._named.called(f"{runbook}/{post}") as handle:
            found = await handle.describe(rpc_timeout=DEADLINE)
        try:
            card: RosterCard = await found.memo_value(CARD_MEMO, type_hint=RosterCard)
        except (KeyError, ValidationError):  # of another version
            return None
        return card

    async def signal(self, runbook: str, post: str, event: Event) -> None:
        """Temporal keeps it, with or without a worker. Raises NothingOpen if no such rota is kept."""
        await self._named.signal(f"{runbook}/{post}", event)

    async def keep(self, there: Installation) -> None:
        """Start one for each rota of the runbooks that are loaded, tell those that run what is written now, and end
        those that are written no more."""
        wanted = {workflow_id(f"{kept.runbook}/{kept.post}"): kept for kept in _all(there)}
        for identity, kept in wanted.items():
            await self._keep(identity, kept)
        async with self._connection.temporal():
            running = [run.id async for run in self._connection.client.list_workflows(RUNNING_SHIFTS)]
        for identity in set(running) - wanted.keys():
            with suppress(NothingOpen):  # it has ended, and the list has not heard of it
                await self._retire(identity)

    async def _retire(self, identity: str) -> None:
        async with self._connection.temporal(identity):
            handle = self._connection.client.get_workflow_handle(identity)
            await handle.signal("retire", Retired(), rpc_timeout=DEADLINE)

    async def _keep(self, identity: str, kept: KeptRota) -> None:
        async with self._connection.temporal():
            await self._connection.client.start_workflow(
                "shift",
                kept,
                id=identity,
                task_queue=WORKFLOW_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                memo={CARD_MEMO: kept.card},
                start_signal="adopt_rota",
                start_signal_args=[
                    Adopted(terms=kept.terms).model_dump(mode="json", exclude_defaults=True, by_alias=True)
                ],
                static_summary=summary(f"who is {kept.terms.name}"),
                rpc_timeout=DEADLINE,
            )


def _all(there: Installation) -> Iterable[KeptRota]:
    for name, book in there.runbooks.items():
        for post, terms in terms_of(book).items():
            yield KeptRota(runbook=name, post=post, terms=terms)


async def card_or_none(known: Shifts, runbook: str, post: str) -> RosterCard | None:
    try:
        return await known.card(runbook, post)
    except NothingOpen:
        return None
