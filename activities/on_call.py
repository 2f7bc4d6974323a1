"""Who is on call, asked and remembered. A page to a post that a pager knows never waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from activities.errors import Rejected, Unavailable
from activities.rosters import RosterReader
from workflows.policy.effects.effects import AskOnCall, Receipt, Send
from workflows.policy.rota.roster import Roster, RosterCard, RosterQuestion
from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.rota.shifts import SHIFT_KNOWN_FOR, at_moment, open_ended
from workflows.policy.time.calendar import hour_of

RUNG_WITHIN_S = 2.0
"""What a page to a post that no pager knows waits for the name: without it there is nobody to ring."""
CARD_WITHIN_S = 1.0
"""What is waited for overrides, which Temporal keeps."""

log = structlog.get_logger()


class HolderFound(NamedTuple):
    shift: Shift
    remark: str = ""
    """Why the answer is an old one."""
    as_of: datetime | None = None
    """When an old one was found out."""


KeptCard = Callable[[str, str], Awaitable[RosterCard | None]]
"""What Temporal keeps of a runbook's post: its overrides, and the last roster."""


async def nothing_kept(runbook: str, post: str) -> RosterCard | None:  # noqa: ARG001 (the parameters of a `KeptCard`)
    """Where there is no Temporal."""
    return None


class WhoIsOnCall:
    """What was found out is remembered, by runbook, post and terms: another runbook has overrides of its own."""

    def __init__(self, reader: RosterReader, kept: KeptCard) -> None:
        self._reader = reader
        self._kept = kept
        self._known: dict[str, tuple[Shift, ...]] = {}

    async def answer(self, send: Send) -> Receipt:
        """To an incident's question. Raises Unavailable or Rejected."""
        assert isinstance(send.effect, AskOnCall)
        found = await self.ask(send.runbook, send.effect)
        remark = found.remark or None
        return Receipt(on_call=found.shift, on_call_as_of=found.as_of, note=remark, warns=bool(remark))

    async def ask(self, runbook: str, asked: AskOnCall, until: float | None = None) -> HolderFound:
        """`until`: by the loop's clock, so long is read. Raises TimeoutError, Unavailable or Rejected if none knows."""
        card = await self._card(runbook, asked.to)
        overrides = card.overrides if card else ()
        question = RosterQuestion(
            post=asked.to, terms=asked.terms, people=asked.people, overrides=overrides, begin=asked.at,
            end=asked.at + SHIFT_KNOWN_FOR,
        )  # fmt: skip
        try:
            async with asyncio.timeout_at(until):
                shifts = await self._reader.shifts(question)
        except (TimeoutError, Unavailable, Rejected) as error:
            last = at_moment(card.roster.shifts, asked.at) if card else None
            if card is None or last is None:
                raise
            age = hour_of(asked.terms.zone, card.roster.as_of, asked.at) if card.roster.as_of else "before"
            remark = f"as it was known at {age}: {str(error) or 'there was no answer in time'}"
            return HolderFound(last, remark, card.roster.as_of)
        self._known[_about(runbook, asked)] = shifts
        return HolderFound(open_ended(shifts[0], question.end))

    async def read(self, question: RosterQuestion) -> Roster:
        """Never raises: what cannot be read says why."""
        try:
            shifts, remark = await self._reader.found(question)
        except (Unavailable, Rejected) as error:
            return Roster(problem=str(error))
        last = open_ended(shifts[-1], question.end)
        return Roster(shifts=(*shifts[:-1], last), as_of=datetime.now(UTC), remark=remark)

    async def _card(self, runbook: str, post: str) -> RosterCard | None:
        """Without an answer in time the rota itself counts."""
        try:
            async with asyncio.timeout(CARD_WITHIN_S):
                return await self._kept(runbook, post)
        except TimeoutError:
            log.warning("overrides are not known: Temporal does not answer", post=post)
            return None

    def remembered(self, runbook: str, asked: AskOnCall) -> Shift | None:
        """Asked of nobody: what was found out before, if it says something of that moment."""
        return at_moment(self._known.get(_about(runbook, asked), ()), asked.at)

    async def whom_to_ring(self, send: Send) -> str:
        """In the stead of the post. Raises Unavailable or Rejected when that is nobody."""
        assert send.post is not None
        post = send.names.get(send.post.to, send.post.to)
        try:
            found = await self.ask(send.runbook, send.post, asyncio.get_running_loop().time() + RUNG_WITHIN_S)
            shift = found.shift
        except (TimeoutError, Unavailable, Rejected) as error:
            last = self.remembered(send.runbook, send.post) or send.holder
            if last is None or last.who == NOBODY:
                if isinstance(error, Rejected):
                    raise
                said = str(error) or f"there was no answer within {RUNG_WITHIN_S:g} s"
                raise Unavailable(f"who is {post} could not be found out: {said}") from None
            shift = last
        if shift.who == NOBODY:
            raise Rejected(f"nobody is on call as {post}, and no pager knows {send.post.to} itself")
        return shift.who


def _about(runbook: str, asked: AskOnCall) -> str:
    return f"{runbook}/{asked.to}/{asked.terms.model_dump_json()}"
