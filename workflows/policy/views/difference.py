"""What would change in the plan of a running incident: by another version of its runbook, or by what somebody does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from workflows.policy.engine import plan
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.plan_view import plan_view
from workflows.policy.views.results import Upcoming
from workflows.policy.wire.model import Instant

NEWS_OF_A_CHANGE = frozenset({"card", "topic", "hush", "annotate"})
"""The kinds of effects by which a channel or a pager learns how an incident stands."""


class PlanChange(BaseModel):
    """What becomes of one line of the plan."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["appears", "disappears", "moves"]
    line: Upcoming
    """As it will be; of one that disappears, as it is."""
    before: Instant | None = None
    """Of one that moves: when it is due as things stand."""


def changes(lines: Iterable[Upcoming], book: Runbook, incident: Incident, now: datetime) -> Iterator[PlanChange]:
    """What becomes of the plan's lines if the incident goes on by `book`."""
    then = plan_view(book, incident, plan(book, incident, now), now, 1.0, frozenset())
    yield from compared(lines, then.lines)


def compared(lines: Iterable[Upcoming], others: Iterable[Upcoming]) -> Iterator[PlanChange]:
    """What becomes of these lines, if they become the others. What only brings news of a change follows whatever
    changes: it would stand in front of what somebody has to know."""
    before, after = _by_duty(lines), _by_duty(others)
    for name in dict.fromkeys((*before, *after)):
        yield from _compared(before[name], after[name])


def _by_duty(lines: Iterable[Upcoming]) -> defaultdict[tuple[str, str], list[Upcoming]]:
    found: defaultdict[tuple[str, str], list[Upcoming]] = defaultdict(list)
    for line in sorted((line for line in lines if not _is_news(line)), key=lambda line: line.at):
        found[line.duty, line.what].append(line)
    return found


def _is_news(line: Upcoming) -> bool:
    return line.kind in NEWS_OF_A_CHANGE or duty_of(line.duty).kind is DutyKind.ANNOUNCEMENT


def _compared(before: list[Upcoming], after: list[Upcoming]) -> Iterator[PlanChange]:
    for old, new in zip(before, after, strict=False):
        if old.at != new.at:
            yield PlanChange(kind="moves", line=new, before=old.at)
    yield from (PlanChange(kind="disappears", line=line) for line in before[len(after) :])
    yield from (PlanChange(kind="appears", line=line) for line in after[len(before) :])
