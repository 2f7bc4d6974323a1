"""Between the record that a review is given and the last turn of its incident: what is said then, the review hears."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Live, Vendors, incident, opening
from tests.workflows.reviews import HOUR, MINUTE, LiveReview, review_of
from tests.workflows.test_obligations import law
from workflows.policy.incident.state import Incident
from workflows.policy.review.results import ReviewInput, ReviewStatus
from workflows.policy.runbook.model import Runbook
from workflows.review import start_review


@dataclass
class SlowClose:
    """Keeps an incident that has begun its review, which otherwise is there for a turn or two more."""

    is_over: bool = False


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowClose:
    close = SlowClose()

    async def begun(start: ReviewInput) -> None:
        await start_review(start)
        await workflow.wait_condition(lambda: close.is_over)

    monkeypatch.setattr("workflows.incident.start_review", begun)
    return close


def due_soon() -> Runbook:
    """The DPO is paged about the clock while the incident is open."""
    book = law()
    [clock] = book.obligations
    return book.model_copy(update={"obligations": (clock.model_copy(update={"within": timedelta(hours=1)}),)})


def legal_ring(record: Incident) -> str:
    return next(key for key, ring in record.rings.items() if ring.person == "dpo")


async def closing(live: Live) -> tuple[Incident, LiveReview]:
    """The review has begun. Time goes no further than that: nothing in the incident waits for a moment any more."""
    async with asyncio.timeout(HANGS_AFTER_S), asyncio.TaskGroup() as beside:
        passing = beside.create_task(live.environment.fast_forward(live.handle, 3 * HOUR))
        while (review := await review_of(live.environment, live.vendors, (await live.status()).incident)) is None:
            await asyncio.sleep(0.05)
        passing.cancel()
    return review.incident, review


async def heard(
    temporal: WorkflowEnvironment, slow: SlowClose, *signals: tuple[str, dict[str, str]]
) -> tuple[ReviewStatus, str]:
    """By the review, when these have come to its incident; and the key of the page about the clock. `RING` stands for
    that key."""
    vendors = Vendors()
    async with incident(temporal, vendors, opening(runbook=due_soon())) as live:
        await live.at(61 * MINUTE)
        await live.handle.signal("resolve", {"by": "Alice", "text": "rolled back"})
        record, review = await closing(live)
        ring = legal_ring(record)
        for name, said in signals:
            await live.handle.signal(name, {key: ring if word == "RING" else word for key, word in said.items()})
        slow.is_over = True
        await live.handle.signal("note", {"by": "Alice", "text": "that is all"})
        async with asyncio.timeout(HANGS_AFTER_S):
            await live.handle.result()
        return await review.status(), ring


PRESSED = {"by": "Eve", "via": "pagerduty", "id": "pagerduty-1", "ring": "RING"}


@pytest.mark.parametrize("name", ["acknowledge", "resolve"])
async def test_who_answers_a_legal_page_then_has_seen_it_once_however_often_that_comes(
    temporal: WorkflowEnvironment, slow: SlowClose, name: str
) -> None:
    status, ring = await heard(temporal, slow, (name, PRESSED), (name, PRESSED))
    assert status.review.incident.rings[ring].state == "acknowledged"
    words = "Eve has seen the page about what is owed"
    assert [entry.count for entry in status.review.incident.timeline if words in entry.text] == [1]


async def test_what_was_done_about_the_clock_then_is_done(temporal: WorkflowEnvironment, slow: SlowClose) -> None:
    status, _ = await heard(
        temporal, slow, ("obligation_sent", {"by": "Ann", "obligation": "gdpr", "reference": "case 7"})
    )
    assert "gdpr" not in {each.name for each in status.owed}


async def test_what_concerns_the_incident_alone_is_not_said_to_its_review(
    temporal: WorkflowEnvironment, slow: SlowClose
) -> None:
    status, _ = await heard(temporal, slow, ("acknowledge", {"by": "Eve"}), ("resolve", {"by": "Eve"}))
    assert not [entry.text for entry in status.review.incident.timeline if "Eve" in entry.text]
