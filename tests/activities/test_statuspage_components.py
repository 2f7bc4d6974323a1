"""Statuspage: what is affected and planned work; put back when it is over, and never over somebody's hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from activities.errors import Rejected
from activities.statuspage import Statuspage
from tests.activities import sends
from tests.activities.conftest import STATUSPAGE_TOKEN
from tests.activities.test_statuspage import incidents
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Publish, Send
from workflows.policy.watches.public_page import MaintenanceAnnounced

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def page(sandbox: SandboxServer) -> "PageComponents":
    found = PageComponents(sandbox)
    for name in ("Payments", "Search"):
        await found.ask("POST", "components", {"component": {"name": name}})
    return found


class PageComponents:
    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"OAuth {STATUSPAGE_TOKEN}"}
        async with httpx.AsyncClient(headers=headers) as http:
            answer = await http.request(method, f"{self.sandbox.statuspage_url}/pages/p1/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def states(self) -> dict[str, str]:
        return {each["name"]: each["status"] for each in await self.ask("GET", "components")}


def publish(status: str = "investigating", impact: str = "major", known: str | None = None, **more: Any) -> Send:
    components = more.pop("components", ("Payments",))
    given = {"status": status, "template": "x", "impact": impact, "components": components, "page_incident": known}
    return sends.send(Publish.model_validate(given), **more)


async def test_a_component_is_affected_for_as_long_as_the_incident_lasts(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    made = await statuspage.publish(publish(), may_have_been_sent=False)
    (incident,) = await incidents(sandbox)
    assert incident["impact"] == "major"
    assert [each["name"] for each in incident["components"]] == ["Payments"]
    assert await page.states() == {"Payments": "partial_outage", "Search": "operational"}
    await statuspage.publish(publish("identified", "minor", made.reference, text="2"), may_have_been_sent=False)
    assert (await page.states())["Payments"] == "degraded_performance"
    await statuspage.publish(publish("resolved", "minor", made.reference, text="3"), may_have_been_sent=False)
    assert (await page.states())["Payments"] == "operational"


async def test_what_another_incident_affects_stays_as_grave_as_that_one(
    statuspage: Statuspage, page: PageComponents
) -> None:
    made = await statuspage.publish(publish(impact="critical", incident="one"), may_have_been_sent=False)
    await statuspage.publish(publish(impact="minor", incident="two"), may_have_been_sent=False)
    assert (await page.states())["Payments"] == "major_outage"
    over = publish("resolved", "critical", made.reference, incident="one")
    await statuspage.publish(over, may_have_been_sent=False)
    assert (await page.states())["Payments"] == "degraded_performance"


async def test_what_somebody_set_by_hand_is_left_alone(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    made = await statuspage.publish(publish(), may_have_been_sent=False)
    (payments, _) = await page.ask("GET", "components")
    by_hand = {"incident": {"components": {payments["id"]: "under_maintenance"}}}
    await page.ask("PATCH", f"incidents/{made.reference}", by_hand)
    await statuspage.publish(publish("resolved", known=made.reference), may_have_been_sent=False)
    assert (await page.states())["Payments"] == "under_maintenance"


async def test_a_component_that_is_not_there_is_said_and_keeps_no_words_back(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    receipt = await statuspage.publish(publish(components=("Payments", "Logins")), may_have_been_sent=False)
    assert (receipt.note, receipt.warns) == ("Statuspage has no component named Logins", True)
    assert (await page.states())["Payments"] == "partial_outage"


async def test_components_that_the_key_may_not_touch_keep_no_words_back(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    await sandbox.fault(vendor="statuspage", method="components", status=403, error="no")
    receipt = await statuspage.publish(publish(text="looking"), may_have_been_sent=False)
    assert "its components were left alone" in (receipt.note or "")
    (incident,) = await incidents(sandbox)
    assert incident["incident_updates"][0]["body"] == "looking"


@pytest.mark.parametrize("known", [False, True])
async def test_components_that_are_refused_with_the_words_keep_no_words_back(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents, known: bool
) -> None:
    """A group of components has a name, too, and no state of its own."""
    made = await statuspage.publish(publish(components=()), may_have_been_sent=False) if known else None
    await sandbox.fault(vendor="statuspage", match="component_ids", status=422, error="Component is a group")
    sent = publish(text="looking", known=made.reference if made else None)
    receipt = await statuspage.publish(sent, may_have_been_sent=False)
    assert "its components were left alone: Statuspage answered 422: Component is a group" in (receipt.note or "")
    assert receipt.warns
    (incident,) = await incidents(sandbox)
    assert incident["incident_updates"][0]["body"] == "looking"


async def test_words_that_are_refused_for_themselves_are_refused(
    statuspage: Statuspage, sandbox: SandboxServer
) -> None:
    await sandbox.fault(vendor="statuspage", status=422, error="no")
    with pytest.raises(Rejected):
        await statuspage.publish(publish(), may_have_been_sent=False)


def work(starts_at: datetime = NOW + HOUR, ends_at: datetime = NOW + 2 * HOUR, **more: Any) -> MaintenanceAnnounced:
    known = {"at": NOW, "maintenance": "m1", "name": "Moving the database", "components": ("Search",)}
    return MaintenanceAnnounced.model_validate({**known, "starts_at": starts_at, "ends_at": ends_at, **more})


async def test_planned_work_is_announced_once_and_moves(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    await statuspage.announce(work())
    await statuspage.announce(work(ends_at=NOW + 3 * HOUR))
    (planned,) = await incidents(sandbox)
    assert (planned["name"], planned["status"]) == ("Moving the database", "scheduled")
    assert datetime.fromisoformat(planned["scheduled_until"]) == NOW + 3 * HOUR
    assert [each["name"] for each in planned["components"]] == ["Search"]


async def test_planned_work_that_ends_early_or_does_not_take_place_is_over(
    statuspage: Statuspage, sandbox: SandboxServer, page: PageComponents
) -> None:
    await statuspage.announce(work(maintenance="never"))
    await statuspage.announce(work(maintenance="never", ends_at=NOW))
    await statuspage.announce(work(maintenance="early", starts_at=NOW - HOUR))
    await statuspage.announce(work(maintenance="early", starts_at=NOW - HOUR, ends_at=NOW))
    await statuspage.announce(work(maintenance="unheard", ends_at=NOW))
    assert [each["status"] for each in await incidents(sandbox)] == ["completed", "completed"]
