"""A page to a post, and whoever holds it: whom it rings."""

from typing import Protocol

from activities.on_call import WhoIsOnCall
from workflows.policy.effects.effects import Annotate, ConfirmRing, Page, Send, SyncPager
from workflows.policy.rota.shift import NOBODY, Shift
from workflows.policy.time.calendar import hour_of


class Knowing(Protocol):
    def knows(self, person: str) -> bool: ...


async def to_whoever_is_on_call(send: Send, pagers: Knowing, on_call: WhoIsOnCall | None) -> tuple[Send, str]:
    """The post itself if a pager knows it: that page waits for nothing, and says who is on call if that is known.
    Otherwise whoever holds it, whom it then names. Raises Unavailable or Rejected."""
    if send.post is None or on_call is None:
        return send, ""
    assert isinstance(send.effect, Page)
    if send.effect.way or pagers.knows(send.post.to):
        return saying_who(send, on_call.remembered(send.runbook, send.post)), ""
    who = await on_call.whom_to_ring(send)
    return rung_in_its_stead(send, who), who


def rung_in_its_stead(send: Send, who: str) -> Send:
    """The same page, to them."""
    assert isinstance(send.effect, Page)
    way = send.first_ways.get(who)
    lead = {"way": way.way, "address": way.address or ""} if way else {}
    return send.model_copy(update={"effect": send.effect.model_copy(update={"to": who, **lead})})


def as_it_rang(send: Send) -> Send:
    """What was rung for a post is acknowledged, resolved or looked at where it rang."""
    if not send.rang:
        return send
    assert isinstance(send.effect, SyncPager | Annotate | ConfirmRing)
    return send.model_copy(update={"effect": send.effect.model_copy(update={"to": send.rang})})


def saying_who(send: Send, shift: Shift | None) -> Send:
    """With the name, unless the incident knew it already and its text has it."""
    if send.post is None or send.holder is not None or shift is None or shift.who == NOBODY:
        return send
    until = f" until {hour_of(send.zone, shift.ends_at, send.post.at)}" if shift.ends_at else ""
    name = send.post.people.get(shift.who, shift.who)
    return send.model_copy(update={"text": f"{send.text.rstrip()}\n{name} (on call{until})"})
