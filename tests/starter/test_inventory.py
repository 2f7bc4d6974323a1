"""What is open, as far as Temporal and the incidents themselves say."""

import asyncio

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.incidents import Incidents
from starter.temporal.inventory import REVIEWS_READ, inventory, take
from starter.temporal.pages import READ_WHOLE
from starter.temporal.results import ReviewSummary, whole
from starter.temporal.reviews import Reviews
from tests.policy.builders import at, happens, opened
from tests.starter.conftest import eventually
from tests.starter.rows import calls_of, incident_row, review_row
from tests.starter.test_counting import T0, summary
from tests.workflows.incidents import shipped
from worker.hosting import runner
from workflows.policy.incident.events import Acknowledged, Cancelled, DraftApproved, FollowUpAdded, Resolved
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.review.debts import review_debts
from workflows.policy.review.owed import owed
from workflows.policy.review.results import ReviewInput
from workflows.policy.review.state import Review, open_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.standing import WATCHED, IncidentStanding, urgency
from workflows.queues import WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow

MANY = READ_WHOLE + 5


@pytest.fixture
def opening(book: Runbook) -> OpenRequest:
    return OpenRequest(runbook=book, severity="sev1", title="Checkout is down", service="checkout", source="test")


async def test_an_open_incident_says_how_it_stands(incidents: Incidents, opening: OpenRequest, worker: Worker) -> None:
    workflow_id = await incidents.declare(opening)
    await incidents.ask(workflow_id, Acknowledged(by="Ada"))
    [found] = (
        await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: bool(seen.incidents))
    ).incidents
    known = (await incidents.status(workflow_id)).incident
    assert (found.title, found.severity, found.service) == ("Checkout is down", "sev1", "checkout")
    assert (found.acknowledged_by, found.alive_at, found.answers) == ("Ada", known.alive_at, True)


async def test_one_that_is_over_and_only_watched_is_not_open(
    incidents: Incidents, opening: OpenRequest, worker: Worker
) -> None:
    workflow_id = await incidents.declare(opening)
    await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: bool(seen.incidents))
    await incidents.ask(workflow_id, Cancelled(by="Ada"))
    await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: not seen.incidents)


async def test_the_gravest_twenty_are_said_the_rest_is_counted_and_none_is_asked(
    client: Client, incidents: Incidents
) -> None:
    known = IncidentStanding(acknowledged_by="Ada", alive_at=T0)
    await incident_row(client, "20261121-0900-k7mw3t", urgency("sev1", acknowledged=True), "sev1", known)
    await incident_row(client, "20261121-0900-over22", WATCHED, "sev1")
    rows = (incident_row(client, f"20261121-1200-n{n:05}", urgency("sev3"), "sev3") for n in range(MANY))
    await asyncio.gather(*rows, *(review_row(client, f"20261121-1200-r{n:05}", T0) for n in range(MANY)))
    reviews = Reviews(incidents)
    await eventually(incidents.page, lambda page: page.total == MANY + 2)
    await eventually(reviews.page, lambda page: page.total == MANY)
    with calls_of(client) as calls:
        found = await take(incidents, reviews)
    assert (len(found.incidents), found.by_severity) == (20, {"sev1": 1, "sev3": MANY})
    assert (found.incidents[0].incident, found.incidents[0].acknowledged_by) == ("20261121-0900-k7mw3t", "Ada")
    assert (len(found.silent_reviews), found.unread_reviews) == (REVIEWS_READ, MANY - REVIEWS_READ)
    assert set(calls) == {"list_workflow_executions", "count_workflow_executions", "describe_task_queue"}
    assert calls.total() < 60


async def test_without_a_worker_nothing_is_said_to_answer(client: Client, incidents: Incidents) -> None:
    await incident_row(client, "20261121-0900-k7mw3t")
    found = await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: bool(seen.incidents))
    assert not found.incidents[0].answers


def test_what_a_worker_has_not_seen_does_not_answer_and_hides_nothing_else() -> None:
    found = inventory((summary(seen=False), summary()), {}, whole((review(),)), T0)
    assert [(each.answers, each.acknowledged_by) for each in found.incidents] == [(False, ""), (True, "")]
    assert found.silent_reviews == ("i2",)


def review(**more: object) -> ReviewSummary:
    given = {"workflow_id": "review-i2", "run_id": "r", "incident": "i2", "title": "t", "open": True, "started_at": T0}
    return ReviewSummary.model_validate(given | more)


class TestReviews:
    book = shipped("company")

    def review(self) -> Review:
        """Of an incident that has closed and left a follow-up."""
        simulation = opened(self.book)
        happens(simulation, 5, FollowUpAdded(text="add an alert", owner="vp-engineering", by="Ada"))
        happens(simulation, 6, DraftApproved(by="Ada"))
        happens(simulation, 60, Resolved(by="Ada"))
        simulation.run_to(at(600))
        return open_review(simulation.incident)

    def test_what_is_owed_has_its_owner_and_its_deadline(self) -> None:
        told = owed(self.book, self.review())
        found = inventory((), {}, whole((review(debts=review_debts(self.book, self.review())),)), at(601))
        assert {(each.what, each.due_at) for each in found.owed} == {(each.title, each.due_at) for each in told}
        [follow_up] = [each for each in found.owed if each.kind == "follow-up"]
        assert (follow_up.owner, follow_up.what) == ("VP Engineering", "follow-up 1: add an alert")
        assert {each.kind for each in found.owed} == {"review", "follow-up"}

    def test_those_of_drills_are_left_out(self) -> None:
        drill = review(debts=review_debts(self.book, self.review()), drill=True)
        assert inventory((), {}, whole((drill,)), at(601)).owed == ()

    async def test_an_open_one_says_it_in_its_list(self, client: Client, incidents: Incidents) -> None:
        life = ReviewInput(runbook=self.book, review=self.review())
        async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[ReviewWorkflow], workflow_runner=runner()):
            await client.start_workflow("review", life, id="review-1", task_queue=WORKFLOW_QUEUE)
            found = await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: bool(seen.owed))
        assert "follow-up 1: add an alert" in {each.what for each in found.owed}
        assert found.silent_reviews == ()
