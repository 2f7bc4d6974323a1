"""What is open, as far as Temporal and the incidents themselves say."""

from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.incidents import Incidents
from starter.temporal.inventory import asked, take
from starter.temporal.results import NobodyWorks, ReviewSummary
from starter.temporal.reviews import Reviews
from tests.policy.builders import at, happens, opened
from tests.starter.conftest import eventually
from tests.starter.test_counting import T0, summary
from tests.workflows.incidents import shipped
from workflows.durable.hosting import runner
from workflows.policy.incident.events import Acknowledged, Cancelled, DraftApproved, FollowUpAdded, Resolved
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.review.results import ReviewInput, ReviewStatus, status
from workflows.policy.review.state import Review, open_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import Status
from workflows.policy.watches.digest import Inventory
from workflows.queues import WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow


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


async def test_what_does_not_answer_hides_nothing_else() -> None:
    async def silence(one: object) -> Any:
        raise NobodyWorks("no worker is running")

    found = await asked((summary(), summary(phase="resolved")), (review(),), silence, silence, T0)
    assert [(each.answers, each.acknowledged_by) for each in found.incidents] == [(False, "")]
    assert found.silent_reviews == ("i2",)


def review() -> ReviewSummary:
    return ReviewSummary(workflow_id="review-i2", run_id="r", incident="i2", title="t", open=True, started_at=T0)


async def _nobody(one: object) -> Status:
    raise AssertionError


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

    def status(self, speed: float = 1.0) -> ReviewStatus:
        return status(self.book, self.review(), at(601), speed)

    async def inventory(self, told: ReviewStatus) -> Inventory:
        async def ask(one: object) -> ReviewStatus:
            return told

        return await asked((), (review(),), _nobody, ask, at(601))

    async def test_what_is_owed_has_its_owner_and_its_deadline(self) -> None:
        told = self.status()
        found = await self.inventory(told)
        assert {(each.what, each.due_at) for each in found.owed} == {(each.title, each.due_at) for each in told.owed}
        [follow_up] = [each for each in found.owed if each.kind == "follow-up"]
        assert (follow_up.owner, follow_up.what) == ("vp-engineering", "follow-up 1: add an alert")
        assert {each.kind for each in found.owed} == {"review", "follow-up"}

    async def test_those_of_drills_are_left_out(self) -> None:
        assert (await self.inventory(self.status(speed=60))).owed == ()

    async def test_an_open_one_is_found_and_asked(self, client: Client, incidents: Incidents) -> None:
        life = ReviewInput(runbook=self.book, review=self.review())
        async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[ReviewWorkflow], workflow_runner=runner()):
            await client.start_workflow("review", life, id="review-1", task_queue=WORKFLOW_QUEUE)
            found = await eventually(lambda: take(incidents, Reviews(incidents)), lambda seen: bool(seen.owed))
        assert "follow-up 1: add an alert" in {each.what for each in found.owed}
        assert found.silent_reviews == ()
