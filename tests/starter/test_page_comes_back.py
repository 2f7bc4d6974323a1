"""A test page goes out through PagerDuty, and its webhooks open nothing, whatever a person does there."""

from datetime import UTC, datetime

from pydantic import SecretStr

from activities.pagerduty import PagerDuty
from settings import Settings
from starter.desk.page_test import marked_test
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.sandbox.pager import incidents as at_pagerduty
from tests.sandbox_server import running_sandbox
from tests.starter.conftest import eventually
from tests.starter.test_serve import serving

SECRET = "shared"


async def test_a_test_page_opens_no_incident_when_it_comes_back(
    settings: Settings, library: Library, incidents: Incidents
) -> None:
    settings = settings.model_copy(update={"pagerduty_webhook_secrets": (SecretStr(SECRET),)})
    async with running_sandbox() as sandbox, serving(settings, library, incidents) as address:
        await sandbox.subscribe(f"{address}/webhooks/pagerduty", SECRET)
        pager = PagerDuty({"on-call": "R0ALICE"}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, None, None)
        await pager.page(marked_test("on-call", "alice", datetime.now(UTC)), may_have_been_sent=False)
        (opened,) = await at_pagerduty(sandbox)
        for action in ("acknowledge", "resolve", "reopen"):
            await sandbox.press(opened["id"], action)

        async def delivered() -> int:
            (tally,) = (await sandbox.state())["webhooks"]
            assert tally["dropped"] == 0
            return int(tally["delivered"])

        assert await eventually(delivered, lambda count: count == 4) == 4
        assert await incidents.list() == ()
