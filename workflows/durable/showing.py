"""What lists show of a workflow without asking it.

Written when it changes, because each time costs an Action and a row of the visibility store. What somebody does, and
what time brings, is written in the same turn. What has become of sends waits while others are attempted together, which
takes half a minute at most. Whatever else is not written at once is written at the next turn, which comes at the latest
at the moment that is shown.
"""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

from workflows.durable import search_attributes as known
from workflows.durable.clock import Clock
from workflows.durable.procedure import Procedure
from workflows.durable.published import AttributeUpdate
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, SyncPager
from workflows.policy.engine import Plan

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
        self._written_at: datetime | None = None

    def more_lands(self, attempted: Set[str]) -> bool:
        """Have some of these just left?"""
        started = self._procedure.incident.started
        return any(key in started and _is_recent(started[key].real_at) for key in attempted)

    def update(self, present: Plan, now: datetime) -> None:
        news = self._news(present, now)
        if news and not self._can_wait(news):
            workflow.upsert_search_attributes(news)
            self._shown |= {attribute.key.name: attribute.value for attribute in news}
            self._written_at = workflow.now()
        memo = {name: value for name, value in self._procedure.memo(now).items() if not _is_in_memo(name, value)}
        if memo:
            workflow.upsert_memo(memo)

    def _news(self, present: Plan, now: datetime) -> list[AttributeUpdate]:
        """What is not shown yet. A message that is just leaving will have arrived in a moment: what is shown stays as
        long as it is true with it, or without it."""
        due = tuple(each for each in present.due if not self._is_leaving(each))
        waiting = tuple(each for each in present.waiting if not self._is_leaving(each.demand))
        soon = replace(present, due=due, waiting=waiting)
        with_it, without = (self._procedure.attributes(each, now) for each in (present, soon))
        stays = all(self._is_shown(old) for old, new in zip(with_it, without, strict=True) if old.value != new.value)
        return [each for each in (with_it if stays else without) if not self._is_shown(each)]

    def _is_shown(self, attribute: AttributeUpdate) -> bool:
        shown = self._shown.get(attribute.key.name, NOT_YET_WRITTEN)
        if isinstance(shown, datetime) and isinstance(attribute.value, datetime):
            return abs(attribute.value - shown) < AS_GOOD_AS
        return shown == attribute.value

    def _is_leaving(self, demand: Demand) -> bool:
        """A message, not a page, that has been due or on its way for a moment only."""
        begun = self._procedure.incident.started.get(demand.key)
        since = begun.real_at if begun else self._clock.wall(demand.due_at)
        return _is_recent(since) and not isinstance(demand.effect, Page | SyncPager)

    def _can_wait(self, news: list[AttributeUpdate]) -> bool:
        """Only other words for the same moment."""
        recently = self._written_at is not None and workflow.now() - self._written_at < AS_GOOD_AS
        return recently and all(each.key.name == known.NEXT_DUTY.name for each in news)


def _is_recent(began: datetime) -> bool:
    return workflow.now() - began < ARRIVES_WITHIN


def _is_in_memo(name: str, value: object) -> bool:
    """Written by this run, by the one before, or at the start: compared as it stands there, whatever its version."""
    return workflow.info().raw_memo.get(name) == workflow.payload_converter().to_payload(value)
