"""What is open, as far as Temporal and the incidents themselves say."""

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.answers import NobodyWorks
from starter.incidents import Incidents
from starter.stock import take
from tests.starter.conftest import eventually
from tests.starter.test_counting import T0, summary
from workflows.policy.answers import Status
from workflows.policy.events import Acknowledged, Cancelled
from workflows.policy.incident import Opening
from workflows.policy.runbook import Runbook


@pytest.fixture
def opening(book: Runbook) -> Opening:
    return Opening(runbook=book, severity="sev1", title="Checkout is down", service="checkout", source="test")


async def test_an_open_incident_says_how_it_stands(incidents: Incidents, opening: Opening, worker: Worker) -> None:
    workflow_id = await incidents.declare(opening)
    await incidents.ask(workflow_id, Acknowledged(by="Ada"))
    [found] = (await eventually(incidents.stock, lambda seen: bool(seen.incidents))).incidents
    known = (await incidents.status(workflow_id)).incident
    assert (found.title, found.severity, found.service) == ("Checkout is down", "sev1", "checkout")
    assert (found.acknowledged_by, found.alive_at, found.answers) == ("Ada", known.alive_at, True)


async def test_one_that_is_over_and_only_watched_is_not_open(
    incidents: Incidents, opening: Opening, worker: Worker
) -> None:
    workflow_id = await incidents.declare(opening)
    await eventually(incidents.stock, lambda seen: bool(seen.incidents))
    await incidents.ask(workflow_id, Cancelled(by="Ada"))
    await eventually(incidents.stock, lambda seen: not seen.incidents)


async def test_one_that_does_not_answer_hides_no_other(client: Client) -> None:
    async def asked(workflow_id: str) -> Status:
        raise NobodyWorks("no worker is running")

    found = await take((summary(), summary(phase="resolved")), asked, T0)
    assert [(each.answers, each.acknowledged_by) for each in found.incidents] == [(False, "")]
