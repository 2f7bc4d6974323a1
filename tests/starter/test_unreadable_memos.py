"""What lists show stands in memos. One that cannot be read, of another version or of a workflow that was started by
hand, hides nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client

from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen, Past
from starter.temporal.reviews import Reviews
from starter.temporal.silences import Silences
from tests.starter.conftest import eventually
from tests.starter.rows import incident_row, review_row
from workflows.durable.memos import CARD_MEMO, HOLDS_MEMO, RECORD_MEMO
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.review.debts import OWED_MEMO
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.coming_duties import COMING_MEMO
from workflows.policy.views.standing import FOLLOW_UPS_MEMO, STANDING_MEMO
from workflows.policy.views.summary import DRILL, DRILL_CLOCK, GRAVEST
from workflows.policy.watches.heartbeat import Spec
from workflows.policy.watches.silence import SilenceSummary

SHOWN = ("title", "opened_at", DRILL, DRILL_CLOCK, RECORD_MEMO)
OF_INCIDENTS = (*SHOWN, GRAVEST, COMING_MEMO, STANDING_MEMO, FOLLOW_UPS_MEMO)
OF_REVIEWS = (*SHOWN, OWED_MEMO)
ODD = ["?"]
WHOLE = "20261121-0900-k7mw3t"


@pytest.mark.parametrize("memo", OF_INCIDENTS)
async def test_an_incident_stands_in_the_list_beside_others(client: Client, incidents: Incidents, memo: str) -> None:
    await client.start_workflow("incident", id="incident-odd", task_queue="nobody", memo={memo: ODD})
    await incident_row(client, WHOLE)
    page = await eventually(incidents.page, lambda page: page.total == 2)
    assert {row.workflow_id for row in page.rows} == {"incident-odd", f"incident-test-{WHOLE}"}


@pytest.mark.parametrize("memo", OF_REVIEWS)
async def test_a_review_stands_in_the_list_beside_others(client: Client, incidents: Incidents, memo: str) -> None:
    await client.start_workflow("review", id="review-odd", task_queue="nobody", memo={memo: ODD})
    await review_row(client, WHOLE, None)
    page = await eventually(Reviews(incidents).page, lambda page: page.total == 2)
    assert {row.workflow_id for row in page.rows} == {"review-odd", f"review-{WHOLE}"}


@pytest.mark.parametrize("memo", ["missing", CARD_MEMO])
async def test_a_heartbeat_that_nobody_can_read_is_left_out(
    client: Client, incidents: Incidents, book: Runbook, memo: str
) -> None:
    known = Heartbeats(incidents.connection)
    await client.start_workflow("heartbeat", id="heartbeat-odd", task_queue="nobody", memo={memo: ODD})
    opening = OpenRequest(runbook=book, severity="sev2", title="backup")
    await known.add("backup", Spec(every=timedelta(minutes=2), opening=opening))

    async def count() -> int:
        return (await client.count_workflows("WorkflowType = 'heartbeat'")).count

    assert await eventually(count, lambda seen: seen == 2)
    assert [each.name for each in await known.list()] == ["backup"]
    with pytest.raises(NothingOpen, match="odd"):
        await known.card("odd")


async def test_a_record_that_nobody_can_read_counts_as_an_incident_without_one(
    client: Client, incidents: Incidents
) -> None:
    odd = await client.start_workflow("incident", id="incident-odd", task_queue="nobody", memo={RECORD_MEMO: ODD})
    await odd.terminate()

    async def past() -> Past:
        return await incidents.ended(datetime(2020, 1, 1, tzinfo=UTC), lambda count: None)

    assert [row.workflow_id for row in (await eventually(past, lambda found: bool(found.unrecorded))).unrecorded] == [
        odd.id
    ]


async def test_a_silence_of_which_nobody_knows_what_it_holds_is_listed(client: Client, incidents: Incidents) -> None:
    now = datetime.now(UTC)
    said = {"matchers": ["service=search"], "by": "ann", "reason": "disks"}
    card = SilenceSummary.model_validate({"id": "s1", "starts_at": now, "ends_at": now + timedelta(hours=1), **said})
    memo = {CARD_MEMO: card, HOLDS_MEMO: ODD}
    await client.start_workflow("silence", id="silence-s1", task_queue="nobody", memo=memo)
    [(listed, holds)] = await eventually(Silences(incidents.connection).held, lambda found: len(found) == 1)
    assert (listed.id, holds) == ("s1", 0)
