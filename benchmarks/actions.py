"""What an incident costs Temporal: events, workflow tasks and Actions of a whole life, by runbook and severity.

Time is moved on the test server; the vendors take some milliseconds, each call others, so that their answers do not
arrive together by luck.
"""

import asyncio
import hashlib
from collections import Counter
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from benchmarks.figures import Figure, figure
from benchmarks.scale import QUICK, BenchScale
from tests.temporal_server import time_skipping_server
from tests.workflows.incidents import COMMS, Live, Vendors, firing, incident, opening, resolved, shipped, works
from tests.workflows.reviews import LiveReview, review_of
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.runbook.names import SeverityName
from workflows.policy.time.durations import HOUR, MINUTE

LASTS = 6 * HOUR
BOOKS = ("company", "samia")
GOALS = {"unanswered": 150, "acknowledged, no updates": 150, "people at work": 120}
"""For a SEV-1 of the first."""
OPENING_TASKS = 5

COSTS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: ("signals", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ("updates", 1),
    EventType.EVENT_TYPE_TIMER_STARTED: ("timers", 1),
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: ("activities", 1),
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: ("upserts", 1),
    EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: ("upserts", 1),
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: ("starts", 2),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: ("starts", 1),
    EventType.EVENT_TYPE_MARKER_RECORDED: ("markers", 1),
}
"""By the price list of Temporal's cloud (https://docs.temporal.io/evaluate/cloud/actions), memos as well. The start of
an incident is counted apart; a tried-again activity is one more."""
NOT_OURS = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
)
"""The test server writes these down whenever time is moved."""


async def actions(scale: BenchScale) -> list[Figure]:
    lives = [(book, severity) for book in BOOKS for severity in shipped(book).severities]
    found: list[Figure] = []
    async with time_skipping_server() as temporal:
        for book, severity in lives if scale.idle > QUICK.idle else lives[:1]:
            for course in COURSES:
                found += await _life(temporal, book, severity, course)
    return found


async def _life(temporal: WorkflowEnvironment, book: str, severity: SeverityName, course: str) -> list[Figure]:
    vendors = Vendors(answers=dict.fromkeys(("page", "hush", *COMMS), _after_a_while))
    spent: Counter[str] = Counter({"Actions": 1})
    async with incident(temporal, vendors, opening(severity, shipped(book)), alerts=(firing(),)) as live:
        await _until_it_rests(live)
        opened = await _spent(live.handle)
        await COURSES[course](live)
        await live.to_the_end()
        spent += await _spent(live.handle)
        review = await review_of(temporal, vendors, (await live.status()).incident)
        if review is not None:
            await _reviewed(review)
            spent += await _spent(review.handle)
    name = f"{severity.upper()} of {book}, {LASTS // HOUR} h, {course}"
    total = figure(f"{name}: Actions", spent.pop("Actions"), "")
    goal = GOALS[course] if (book, severity) == (BOOKS[0], "sev1") else None
    rest = [figure(f"  {what}", number, "") for what, number in sorted(spent.items())]
    tasks = figure("  workflow tasks of its opening", opened["workflow tasks"], "")
    return [total.below(goal + 1) if goal else total, *rest, tasks.below(OPENING_TASKS + 1)]


async def _after_a_while(send: Send, attempt: int) -> Receipt:
    await asyncio.sleep(0.03 + hashlib.sha256(send.key.encode()).digest()[0] / 255 * 0.06)
    return await works(send, attempt)


async def _until_it_rests(live: Live) -> None:
    """All that falls due at its opening has been sent."""
    while True:
        await asyncio.sleep(0.3)
        busy = any(line.state in ("due", "in flight") for line in (await live.plan()).lines)
        if live.vendors.arrived and not busy:
            return


async def _unanswered(live: Live) -> None:
    """Nobody, ever: the ladder goes round and round."""
    await _the_alerts_end(live)


async def _quiet(live: Live) -> None:
    """Answered within five minutes, and once an hour, as the acknowledgement lapses; otherwise nobody says a word."""
    for hour in range(LASTS // HOUR):
        await live.at(hour * HOUR + 4 * MINUTE)
        await live.handle.execute_update("acknowledge", {"by": "Alice"})
    await _the_alerts_end(live)


async def _people_at_work(live: Live) -> None:
    """Answered within five minutes, roles filled, an update a minute after each reminder; the fix holds."""
    terms = shipped((await live.status()).incident.runbook).severities[(await live.status()).incident.severity]
    await live.at(4 * MINUTE)
    await live.handle.execute_update("acknowledge", {"by": "Alice"})
    for role in terms.roles:
        await live.handle.execute_update("assign_role", {"role": role, "person": f"the {role}", "by": "Alice"})
    every = terms.updates.every - terms.updates.remind + MINUTE if terms.updates else HOUR
    for number in range(1, (LASTS - 20 * MINUTE) // every + 1):
        await live.at(number * every)
        await live.handle.execute_update("post_update", {"by": "Alice", "text": f"what is known, {number}"})
    await live.at(LASTS - 10 * MINUTE)
    await live.handle.execute_update("mitigate", {"by": "Alice", "text": "rolled back"})
    await _the_alerts_end(live)


async def _the_alerts_end(live: Live) -> None:
    await live.at(LASTS)
    await live.handle.signal("alert", {"alerts": [resolved().model_dump(mode="json")]})


COURSES = {"unanswered": _unanswered, "acknowledged, no updates": _quiet, "people at work": _people_at_work}


async def _reviewed(review: LiveReview) -> None:
    """All that it owes is handed in after a day; what it only considers is refused."""
    await review.after(24 * HOUR)
    owed = (await review.status()).owed
    for each in owed:
        await review.handle.execute_update("submit", {"duty": each.name, "by": "Alice", "link": "https://wiki/1"})
    if not owed:
        await review.handle.execute_update("waive", {"by": "Alice", "reason": "nothing to learn"})
    await review.to_the_end()


async def _spent(handle: WorkflowHandle[Any, Any]) -> Counter[str]:
    history = (await handle.fetch_history()).events
    spent: Counter[str] = Counter()
    for event in history:
        if event.event_type not in NOT_OURS:
            spent["events"] += 1
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            spent["workflow tasks"] += 1
        what, cost = COSTS.get(event.event_type, ("", 0))
        if what:
            spent[what] += 1
        spent["Actions"] += cost + _tried_again(event)
    return spent


def _tried_again(event: HistoryEvent) -> int:
    return max(0, event.activity_task_started_event_attributes.attempt - 1)
