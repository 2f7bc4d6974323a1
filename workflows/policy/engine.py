"""plan(runbook, incident, now): what the runbook now demands, and when to look again.

Theory. Nothing here remembers. The state holds facts (`incident/state.py`, written by the reducers); from them and the
runbook each function below computes everything that is wanted, past and future, as if it had been asked for the first
time:

    escalation_demands    whom to page: tiers, rounds, calls by hand, the fallbacks when a page does not get through
    reach_demands         after a page by a person's first way, the others
    on_call_demands       who holds a post is found out: at the declaration, at each ring, at each hand-over
    confirming_demands    what became of a ring is asked for at the pager: did it reach anybody?
    sync_demands          what was acknowledged or resolved here becomes so at the pager
    pager_writing_demands what people report, and how grave it is, is written at the pager too
    channel_demands       the declaration, the channel, its topic, and what has yet to be announced there
    invitation_demands    who is brought into the channel
    new_alert_demands     what is said of new alerts, in the channel and at the pager
    update_demands        progress updates, their reminders, unfilled roles
    status_page_demands   the status page: automatic, drafted, approved, overdue
    duty_demands          what is owed once
    ticket_demands        the tickets of follow-ups
    obligation_demands    legal clocks: told, reminded of, paged about, until a human has ended them
    card_demands          the messages that are kept true, which show what comes next

A wanted thing is a `Demand`: a duty, an occurrence that grows within the duty, the time it is due, the effect and the
reason. Its key is duty/occurrence. `plan` takes away what has settled (each duty remembers its last occurrence only),
and splits the rest by time: what is due, what is due but waits for a reference, and what comes next. `wake_at` is the
first moment at which the answer can change by time alone. Of what comes later only the time is asked at first, and the
demand built (`DeferredDemand`) when somebody wants to see the plan.

From this follow the rules that matter at 3 a.m.:

* Level, not edge. A crash between two steps loses nothing: the next plan demands whatever has not settled. A key that
  was begun stays demanded until it settles; the runner never begins a key twice at a time, and tells the adapter when
  it begins one again.
* What is no longer demanded is withdrawn. Acknowledging removes the demands of the tiers that stop at an
  acknowledgement; the runner cancels their sends. Resolving removes all pages. Lowering the severity removes what only
  the higher one wanted. Nobody writes a cancellation rule.
* Late is late once. A cadence demands its latest missed moment and the next, not all that were missed. Tiers that are
  overdue are each demanded once, in order.
* Raising the severity pages at once whom the higher ladder would have called by now, because times count from the
  opening and the opening has not moved.
* Time decides only three things by itself: an end of what flaps has lasted, an incident that was watched long enough
  closes, and one whose alerts still fire at that point reopens. These are conclusions (`closing.py`): events that the
  runner applies before it plans again.

The same function serves the live workflow, the preview, the tests and the replay of old incidents (`simulate.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from heapq import nsmallest

from workflows.policy.communication.behind_pages import BEHIND_PAGE, held_until, pages_of
from workflows.policy.communication.card import COMING, Prospects, card_demands, declares, with_coming
from workflows.policy.communication.channel import channel_demands
from workflows.policy.communication.invitations import invitation_demands
from workflows.policy.communication.joined import new_alert_demands
from workflows.policy.communication.status_page import status_page_demands
from workflows.policy.communication.updates import update_demands
from workflows.policy.duties.duties import duty_demands
from workflows.policy.duties.follow_ups import ticket_demands
from workflows.policy.duties.obligation_demands import obligation_demands
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, SyncPager
from workflows.policy.escalation.confirming import confirming_demands
from workflows.policy.escalation.on_call import on_call_demands
from workflows.policy.escalation.pager_sync import sync_demands
from workflows.policy.escalation.pager_writing import pager_writing_demands
from workflows.policy.escalation.pages import escalation_demands
from workflows.policy.escalation.reaching import obliged_reach_demands, reach_demands
from workflows.policy.incident.events import Event
from workflows.policy.incident.rules import acknowledgement_expires_at, end_held_until
from workflows.policy.incident.state import Incident
from workflows.policy.planning.closing import conclusions, the_end_has_lasted, turning_points
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand
from workflows.policy.runbook.model import Runbook

SYNCED_AT_ONCE = 3
"""What only tidies up or looks at the pager may stand among what comes next."""


@dataclass(frozen=True)
class Plan:
    due: tuple[Demand, ...]
    """Wanted now and possible now; pages first, then by time."""
    waiting: tuple[BlockedDemand, ...]
    """Wanted now, but a reference is missing."""
    later: tuple[BlockedDemand | DeferredDemand, ...]
    """Wanted later, as things stand."""
    wake_at: datetime | None
    """Look again then, at the latest; always after `now`. None: only an event can change anything."""
    conclusions: tuple[Event, ...] = ()
    """What time alone has brought about. Apply these and plan again before anything else."""

    @cached_property
    def next(self) -> tuple[Demand, ...]:
        """What is wanted later, soonest first."""
        return tuple(sorted((_built(each).demand for each in self.later), key=_urgency_later))

    @property
    def soonest(self) -> Demand | None:
        """The first of `next`; only this is built."""
        at = min((each.due_at for each in self.later), default=None)
        first = (_built(each).demand for each in self.later if each.due_at == at)
        return min(first, key=_urgency_later, default=None)

    def soonest_of(self, count: int) -> tuple[Demand, ...]:
        """The first few of `next` that somebody waits for; only these are built."""
        first = nsmallest(count + SYNCED_AT_ONCE, self.later, key=lambda each: each.due_at)
        built = sorted((_built(each).demand for each in first), key=_urgency_later)
        return tuple(each for each in built if not isinstance(each.effect, SyncPager | ConfirmRing))[:count]

    def falls_due(self, at: datetime) -> tuple[Demand, ...]:
        """Which of the demands fall due up to then, if nothing happens before; ask for `wake_at` at the latest."""
        come = (_built(each) for each in self.later if each.due_at <= at)
        free = [wanted.demand for wanted in come if not wanted.waits_for]
        free += [wanted.demand for wanted in self.waiting if wanted.waits_for == BEHIND_PAGE]
        held = held_until((*self.due, *free))
        return tuple(sorted((each for each in free if held.get(each.key, at) <= at), key=_urgency))


def plan(book: Runbook, incident: Incident, now: datetime) -> Plan:
    if incident.closed_at is not None:
        return Plan((), (), (), None)
    wanted = _behind_pages(incident, split(incident, _all(book, incident, now), now), now)
    present = _with_cards(book, incident, wanted, now)
    if incident.resolved_at is None:  # time alone ends only that somebody counts as being on it, and what is held
        known = (present.wake_at, acknowledgement_expires_at(book, incident), end_held_until(book, incident))
        wake_at = min((at for at in known if at is not None and at > now), default=None)
        return replace(present, wake_at=wake_at, conclusions=tuple(the_end_has_lasted(book, incident, now)))
    waiting = [wanted.demand for wanted in present.waiting]
    moments = [
        at for at in (present.wake_at, *turning_points(book, incident, present.due)) if at is not None and at > now
    ]
    concluded = tuple(conclusions(book, incident, now, present.due, waiting))
    return replace(present, wake_at=min(moments, default=None), conclusions=concluded)


def _behind_pages(incident: Incident, present: Plan, now: datetime) -> Plan:
    """What was begun goes on."""
    held = {key: at for key, at in held_until(present.due).items() if at > now and key not in incident.started}
    if not held:
        return present
    waiting = (BlockedDemand(each, BEHIND_PAGE) for each in present.due if each.key in held)
    due = tuple(each for each in present.due if each.key not in held)
    wake_at = min(at for at in (*held.values(), present.wake_at) if at is not None)
    return replace(present, due=due, waiting=(*present.waiting, *waiting), wake_at=wake_at)


def _with_cards(book: Runbook, incident: Incident, present: Plan, now: datetime) -> Plan:
    """The messages that are kept true show what comes next, so they are looked at last. An edit that waits is no duty:
    it wakes, and is not shown as what comes next."""
    if not incident.kept and not any(declares(demand) for demand in present.due):
        return present
    prospects = Prospects(present.soonest_of(COMING), pages_of(present.due))
    wanted = list(card_demands(book, incident, prospects, now))
    due = [with_coming(book, incident, demand, prospects, now) for demand in present.due]
    due += [each for each in wanted if each.due_at <= now]
    wakes = [each.due_at for each in wanted if each.due_at > now]
    wake_at = min((at for at in (*wakes, present.wake_at) if at is not None), default=None)
    return replace(present, due=tuple(sorted(due, key=_urgency)), wake_at=wake_at)


def split(incident: Incident, all_wanted: Iterable[BlockedDemand | DeferredDemand], now: datetime) -> Plan:
    """What has not settled, by time."""
    due: list[Demand] = []
    waiting: list[BlockedDemand] = []
    later: list[BlockedDemand | DeferredDemand] = []
    for wanted in all_wanted:
        if _has_settled(incident, wanted):
            continue
        if isinstance(wanted, DeferredDemand) or wanted.due_at > now:
            later.append(wanted)
        elif wanted.waits_for:
            waiting.append(wanted)
        else:
            due.append(wanted.demand)
    due.sort(key=_urgency)
    wake_at = min((each.due_at for each in later), default=None)
    return Plan(tuple(due), tuple(waiting), tuple(later), wake_at)


def _built(wanted: BlockedDemand | DeferredDemand) -> BlockedDemand:
    return wanted.build() if isinstance(wanted, DeferredDemand) else wanted


def _has_settled(incident: Incident, wanted: BlockedDemand | DeferredDemand) -> bool:
    each = wanted if isinstance(wanted, DeferredDemand) else wanted.demand
    return incident.has_settled(each.duty, each.occurrence)


def _all(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    yield from escalation_demands(book, incident, now)
    yield from reach_demands(book, incident, now)
    yield from on_call_demands(book, incident, now)
    yield from confirming_demands(book, incident, now)
    yield from sync_demands(book, incident, now)
    yield from pager_writing_demands(incident)
    yield from channel_demands(book, incident, now)
    yield from invitation_demands(book, incident)
    yield from new_alert_demands(book, incident)
    yield from obligation_demands(book, incident, now)
    yield from obliged_reach_demands(book, incident, now)
    if incident.cancelled and not incident.public.begun:
        return
    yield from status_page_demands(book, incident)
    if incident.cancelled:
        return
    yield from update_demands(book, incident, now)
    yield from duty_demands(book, incident, now)
    yield from ticket_demands(book, incident)


def _urgency(demand: Demand) -> tuple[bool, bool, datetime, int, str]:
    page = demand.effect if isinstance(demand.effect, Page) else None
    return page is None, not isinstance(demand.effect, SyncPager), demand.due_at, page.tier if page else 0, demand.key


def _urgency_later(demand: Demand) -> tuple[datetime, bool, str]:
    return demand.due_at, not isinstance(demand.effect, Page), demand.key
