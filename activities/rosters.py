"""Who holds a post, wherever that is written: in the runbook, in a calendar, at PagerDuty."""

from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from activities.errors import Rejected
from workflows.policy.rota.roster import RosterQuestion, UserGroupOrder
from workflows.policy.rota.shift import Shift, Stint
from workflows.policy.rota.shifts import tiled
from workflows.policy.rota.turns import stints
from workflows.policy.runbook.on_call import PagerDutyOnCall


class ReadStints(NamedTuple):
    """What somebody says elsewhere."""

    layers: list[list[Stint]]
    remarks: list[str]
    """What of it could not be read."""


class FoundShifts(NamedTuple):
    """They tile the time that was asked about."""

    shifts: tuple[Shift, ...]
    remark: str
    """What of it could not be read; empty if all could."""


class OnCallSchedule(Protocol):
    """PagerDuty's. Raises Unavailable or Rejected."""

    async def stints(self, asked: RosterQuestion, where: PagerDutyOnCall) -> list[list[Stint]]: ...


class EventCalendar(Protocol):
    """Calendars, by whatever a runbook calls them. Raises Unavailable or Rejected."""

    async def stints(self, asked: RosterQuestion, source: str) -> ReadStints: ...


@runtime_checkable
class UserGroupKeeper(Protocol):
    """A chat that has groups of people who are mentioned together."""

    async def set_user_group(self, order: UserGroupOrder) -> str: ...


async def set_group(chat: object, order: UserGroupOrder) -> str:
    """A remark if somebody has to see it. Raises Unavailable or Rejected."""
    if isinstance(chat, UserGroupKeeper):
        return await chat.set_user_group(order)
    return f"there is no user group {order.group} here: this chat has none"


class RosterReader:
    """Without `pagerduty` PagerDuty is not connected."""

    def __init__(self, pagerduty: OnCallSchedule | None, calendars: EventCalendar) -> None:
        self._pagerduty = pagerduty
        self._calendars = calendars

    async def shifts(self, asked: RosterQuestion) -> tuple[Shift, ...]:
        return (await self.found(asked)).shifts

    async def found(self, asked: RosterQuestion) -> FoundShifts:
        """Raises Unavailable or Rejected."""
        read = await self._read(asked)
        shifts = tiled(read.layers, asked.begin, asked.end, asked.overrides)
        return FoundShifts(shifts, "; ".join(read.remarks))

    async def _read(self, asked: RosterQuestion) -> ReadStints:
        terms = asked.terms
        if terms.is_written_here:
            return ReadStints([list(stints(layer, asked.begin, asked.end)) for layer in terms.in_layers], [])
        if terms.pagerduty:
            if self._pagerduty is None:
                raise Rejected("PagerDuty is not connected: set TOCSIN_PAGERDUTY_API_TOKEN")
            return ReadStints(await self._pagerduty.stints(asked, terms.pagerduty), [])
        read = [await self._calendars.stints(asked, each) for each in (terms.overrides, terms.ical) if each]
        return ReadStints([one for each in read for one in each.layers], [one for each in read for one in each.remarks])


def within(who: str, begin: datetime | None, end: datetime | None, asked: RosterQuestion) -> Stint | None:
    """A claim, cut to the time that is asked about but for its end; None if it lies elsewhere."""
    begins_at, ends_at = begin or asked.begin, end or asked.end
    if begins_at >= asked.end or ends_at <= asked.begin or begins_at >= ends_at:
        return None
    return Stint(who, begins_at, ends_at)
