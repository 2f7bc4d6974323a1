"""Silences as Temporal keeps them: adding, ending, finding, and giving them alerts to hold. One workflow each."""

import hashlib
import secrets
from datetime import timedelta

import structlog
from pydantic import ValidationError
from temporalio.client import WorkflowExecution, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from starter.temporal.connection import DEADLINE, QUERY_WITHIN, TemporalConnection
from starter.temporal.memos import memo_of
from starter.temporal.named import NamedWorkflows
from starter.temporal.redacting import redacted
from starter.temporal.results import RefusedByIncident
from workflows.durable.memos import CARD_MEMO, HOLDS_MEMO
from workflows.durable.summaries import summary
from workflows.policy.incident.events import Event
from workflows.policy.keys.workflow_ids import LETTERS
from workflows.policy.watches.silence import Extended, Silence, SilenceSummary, workflow_id
from workflows.queues import WORKFLOW_QUEUE

RUNNING_SILENCES = "WorkflowType = 'silence' AND ExecutionStatus = 'Running'"

log = structlog.get_logger()


def new_id(event_id: str = "") -> str:
    """Another one each time; of one event the same."""
    drawn = hashlib.sha256(event_id.encode()).digest() if event_id else secrets.token_bytes(32)
    number = int.from_bytes(drawn)
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(6))


def _missing(name: str) -> str:
    return f"there is no silence {name!r}, or it has ended: tocsin silence list"


class Silences:
    """Every method raises Unreachable when Temporal is away; those that take an id raise NothingOpen."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection
        self._named = NamedWorkflows(connection, workflow_id, _missing)

    async def add(self, card: SilenceSummary) -> None:
        """Raises WorkflowAlreadyStartedError when there is one of this id, or was, and RefusedByIncident."""
        self._demand_what_is_kept(card)
        card = redacted(card, self._connection.redact)
        async with self._connection.temporal():
            await self._connection.client.start_workflow(
                "silence",
                Silence(card=card),
                id=workflow_id(card.id),
                task_queue=WORKFLOW_QUEUE,
                task_timeout=timedelta(seconds=5),
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={CARD_MEMO: card},
                static_summary=summary(f"silence {card.id}: {', '.join(map(str, card.matchers))}"),
                rpc_timeout=DEADLINE,
            )

    def _demand_what_is_kept(self, card: SilenceSummary) -> None:
        """Alerts are redacted before they are matched: what asks for more would hold none, and nobody would know."""
        mask = self._connection.redact
        for each in card.matchers if mask else ():
            if mask and mask(each.value) != each.value:
                raise RefusedByIncident(
                    f"{each} matches no alert: what TOCSIN_REDACT lists is *** there (`tocsin route` shows an alert)"
                )

    async def signal(self, silence: str, event: Event) -> None:
        """Temporal keeps it, with or without a worker. NothingOpen: the silence is over."""
        await self._named.signal(silence, event)

    async def extend(self, silence: str, event: Extended) -> SilenceSummary:
        """As it is then. Raises Refused, NobodyWorks."""
        said = event.model_dump(mode="json", exclude_defaults=True)
        try:
            async with self._named.called(silence) as handle, self._connection.worker(handle.id, QUERY_WITHIN):
                card: SilenceSummary = await handle.execute_update(
                    "extend", said, id=event.id, result_type=SilenceSummary, rpc_timeout=QUERY_WITHIN
                )
        except WorkflowUpdateFailedError as error:
            raise RefusedByIncident(str(error.cause)) from None
        return card

    async def list(self) -> tuple[SilenceSummary, ...]:
        """All that have not ended, the next to end first. Needs no worker; a new one is seen after a moment.

        One that cannot be read, from another version or started by hand, is left out: it holds nothing.
        """
        async with self._connection.temporal():
            found = [await _card(each) async for each in self._connection.client.list_workflows(RUNNING_SILENCES)]
        return tuple(sorted((card for card in found if card), key=lambda card: card.ends_at))

    async def held(self) -> tuple[tuple[SilenceSummary, int], ...]:
        """The same, and how many incidents each keeps from opening. None is asked."""
        async with self._connection.temporal():
            runs = [run async for run in self._connection.client.list_workflows(RUNNING_SILENCES)]
            found = [(await _card(run), await memo_of(run, HOLDS_MEMO, int, 0)) for run in runs]
        known = ((card, holds) for card, holds in found if card is not None)
        return tuple(sorted(known, key=lambda each: each[0].ends_at))

    async def is_worked(self) -> bool:
        return await self._connection.is_worked()

    async def state(self, silence: str) -> Silence:
        """The state of a silence, with the alerts that it keeps. Raises NobodyWorks."""
        return await self._named.state(silence, Silence)


async def _card(found: WorkflowExecution) -> SilenceSummary | None:
    try:
        card: SilenceSummary = await found.memo_value(CARD_MEMO, type_hint=SilenceSummary)
    except (KeyError, ValidationError) as error:
        log.warning("a silence cannot be read: it holds nothing", workflow=found.id, problem=type(error).__name__)
        return None
    return card
