"""What lists show of a workflow without asking it.

Written when it changes, because each time costs an Action and a row of the visibility store. What comes next is said
some steps ahead, and written anew only when that was wrong. What somebody does, and what time brings, is written in the
same turn. What has become of sends waits while others are attempted together, which takes half a minute at most.
Whatever else is not written at once is written at the next turn, which comes at the latest at the moment that is shown.
"""

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

from workflows.durable import search_attributes as known
from workflows.durable.clock import Clock
from workflows.durable.procedure import Procedure
from workflows.durable.published import AttributeUpdate, next_duty
from workflows.policy.effects.card import ComingDuty
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.engine import Plan
from workflows.policy.views.coming_duties import COMING_MEMO, ComingDuties

ARRIVES_WITHIN = timedelta(seconds=5)
"""A message or a page, as a rule."""
AS_GOOD_AS = timedelta(seconds=1)
"""So much may a moment that lists show be off, and so old may its words be: each alert of a storm changes both."""
NOT_YET_WRITTEN = object()
"""What a search attribute shows before this run has set or unset it: the run before, which may have been of another
incident, left its own there."""


class ShownState:
    """Belongs to one run of a workflow."""

    def __init__(self, procedure: Procedure, clock: Clock) -> None:
        self._procedure = procedure
        self._clock = clock
        self._shown: dict[str, object] = {}
        self._listed: ComingDuties | None = None
        """The memo `coming`, as this run has written it."""
        self._written_at: datetime | None = None

    def more_lands(self, attempted: Set[str]) -> bool:
        """Have some of these just left?"""
        started = self._procedure.incident.started
        return any(key in started and _is_recent(started[key].real_at) for key in attempted)

    def update(self, present: Plan, now: datetime) -> None:
        ahead = self._coming_duties(present, now)
        memo = {name: value for name, value in self._procedure.memo(now).items() if not _is_in_memo(name, value)}
        news = self._not_shown(self._procedure.attributes(now))
        is_said = bool(news) and not memo and not _has_memo(COMING_MEMO)  # by the search attributes
        if not (is_said or self._procedure.over or self._shows(ahead, now) or self._can_wait(ahead, now)):
            memo[COMING_MEMO] = self._listed = ahead
        if news:
            news += self._not_shown(next_duty(ahead.next(now)))
            workflow.upsert_search_attributes(news)
            self._shown |= {attribute.key.name: attribute.value for attribute in news}
        if memo:
            workflow.upsert_memo(memo)
        if news or COMING_MEMO in memo:
            self._written_at = workflow.now()

    def _coming_duties(self, present: Plan, now: datetime) -> ComingDuties:
        """A message that is just leaving will have arrived in a moment: what is shown stays as long as it is true with
        it, or without it."""
        due = tuple(each for each in present.due if not self._is_leaving(each))
        waiting = tuple(each for each in present.waiting if not self._is_leaving(each.demand))
        without = self._procedure.coming_duties(replace(present, due=due, waiting=waiting))
        if self._shows(without, now):
            return without
        with_it = self._procedure.coming_duties(present)
        return with_it if self._shows(with_it, now) else without

    def _shows(self, ahead: ComingDuties, now: datetime) -> bool:
        if self._listed is None and _has_memo(COMING_MEMO):  # of the run before
            return False
        seen, first = self._seen(now), ahead.next(now)
        if seen is None or first is None:
            return seen == first
        return seen.what == first.what and _is_as_good(seen.at, first.at)

    def _seen(self, now: datetime) -> ComingDuty | None:
        """What lists show as the next duty: as the search attributes say until there is a memo."""
        if self._listed is not None:
            return self._listed.next(now)
        said, at = (self._shown.get(key.name) for key in (known.NEXT_DUTY, known.NEXT_DUTY_AT))
        return ComingDuty(what=said, at=at) if isinstance(said, str) and isinstance(at, datetime) else None

    def _not_shown(self, attributes: Iterable[AttributeUpdate]) -> list[AttributeUpdate]:
        return [each for each in attributes if not self._is_shown(each)]

    def _is_shown(self, attribute: AttributeUpdate) -> bool:
        shown = self._shown.get(attribute.key.name, NOT_YET_WRITTEN)
        if isinstance(shown, datetime) and isinstance(attribute.value, datetime):
            return _is_as_good(shown, attribute.value)
        return shown == attribute.value

    def _is_leaving(self, demand: Demand) -> bool:
        """Whatever is no page, and has been due or on its way for a moment only."""
        begun = self._procedure.incident.started.get(demand.key)
        since = begun.real_at if begun else self._clock.wall(demand.due_at)
        return _is_recent(since) and not isinstance(demand.effect, Page)

    def _can_wait(self, ahead: ComingDuties, now: datetime) -> bool:
        """Only other words for the same moment."""
        recently = self._written_at is not None and workflow.now() - self._written_at < AS_GOOD_AS
        seen, first = self._seen(now), ahead.next(now)
        return recently and seen is not None and first is not None and _is_as_good(seen.at, first.at)


def _is_as_good(shown: datetime, present: datetime) -> bool:
    return abs(present - shown) < AS_GOOD_AS


def _is_recent(began: datetime) -> bool:
    return workflow.now() - began < ARRIVES_WITHIN


def _has_memo(name: str) -> bool:
    return name in workflow.info().raw_memo


def _is_in_memo(name: str, value: object) -> bool:
    """Written by this run, by the one before, or at the start: compared as it stands there, whatever its version."""
    return workflow.info().raw_memo.get(name) == workflow.payload_converter().to_payload(value)
