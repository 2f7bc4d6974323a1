"""PagerDuty is dark: the phone rings by another way, its button answers, and escalation stops. With real processes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.faults.tocsin_up import Up, tocsin_up
from tests.patience import HANGS_AFTER_S
from tests.starter.board.conftest import PageSeen


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    async with tocsin_up(tmp_path_factory.mktemp("tocsin")) as running:
        yield running


async def notified(up: Up) -> dict[str, Any]:
    """What the phone shows, once it rings."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while not (shown := (await up.state())["notifications"]):
            await asyncio.sleep(0.1)
    first: dict[str, Any] = shown[0]
    return first


def shown(up: Up, incident: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(up.command("show", "--json", incident).stdout)
    return found


async def test_pagerduty_is_dark_the_phone_rings_by_ntfy_and_its_button_stops_the_ladder(up: Up) -> None:
    await up.fault(vendor="pagerduty", method="enqueue", status=503)
    incident = await up.alert("Dark", runbook="ways")
    rung = await notified(up)
    assert rung["topic"] == "sandbox-alice-phone"
    assert rung["actions"][0]["label"] == "Acknowledge"
    pressed = await up.http.post(f"{up.sandbox}/control/ntfy/{rung['id']}/0")
    assert pressed.json() == 200  # what the phone was answered
    found = await acknowledged(up, incident)
    assert found["state"]["incident"]["acknowledged_by"] == "Alice"
    said = "\n".join(entry["text"] for entry in found["state"]["incident"]["timeline"])
    assert "paged Alice: by ntfy" in said
    assert "Alice acknowledged through link" in said
    assert [line for line in found["plan"]["lines"] if line["kind"] == "page" and line["state"] != "in flight"] == []
    await up.http.delete(f"{up.sandbox}/control/faults")  # PagerDuty is back
    await up.until_rung(await up.alert("After it"), "first")
    assert await up.rings(incident) == []  # what was queued there rings nobody any more


async def acknowledged(up: Up, incident: str) -> dict[str, Any]:
    async with asyncio.timeout(HANGS_AFTER_S):
        while not (found := shown(up, incident))["state"]["incident"]["acknowledged_by"]:
            await asyncio.sleep(0.2)
    return found


async def test_the_link_on_a_page_can_be_looked_at_and_then_pressed(up: Up) -> None:
    incident = await up.alert("Looked at", runbook="ways")
    async with asyncio.timeout(HANGS_AFTER_S):
        while not (ours := await alerts_of(up, incident)):
            await asyncio.sleep(0.1)
    link = next(each["href"] for each in ours[0]["links"] if each["text"] == "Acknowledge")
    looked = await up.http.get(link)
    assert looked.status_code == 200
    assert "Alice is on it" in PageSeen(looked.text).words
    assert not shown(up, incident)["state"]["incident"]["acknowledged_by"]
    assert (await up.http.post(link)).status_code == 200
    assert (await acknowledged(up, incident))["state"]["incident"]["acknowledged_by"] == "Alice"
    again = await up.http.post(link)
    assert (again.status_code, "has been used" in again.text) == (409, True)


async def alerts_of(up: Up, incident: str) -> list[dict[str, Any]]:
    """The bodies of the pages at PagerDuty."""
    wire = (await up.http.get(f"{up.sandbox}/control/wire", params={"vendor": "pagerduty"})).json()
    bodies = [entry["body"] for entry in wire if entry["path"].endswith("enqueue")]
    return [b for b in bodies if b["event_action"] == "trigger" and b["dedup_key"].startswith(f"{incident}/")]


async def test_whoever_hands_a_page_on_at_pagerduty_is_on_it_no_more_until_somebody_answers_there(up: Up) -> None:
    """Eve Example is whom the sandbox's button hands it on to; nobody of the runbook."""
    incident = await up.alert("Handed on", runbook="ways")
    await until(up, incident, lambda found: bool(found["rings"]))
    while not await alerts_of(up, incident):
        await asyncio.sleep(0.1)
    await up.press(incident, "acknowledge")
    await until(up, incident, lambda found: found["acknowledged_by"] == "Alice")
    await up.press(incident, "reassigned")
    found = await until(up, incident, lambda found: bool(found.get("passed_on")))
    assert found["passed_on"]["to"] == ["Eve Example"]
    assert [ring["assigned"] for ring in found["rings"].values() if ring.get("assigned")] == [["Eve Example"]]
    words = " ".join(up.command("show", incident).stdout.split())
    assert "by Alice, who handed it on to Eve Example at the pager: not answered yet" in words
    assert "Alice: at PagerDuty: reassigned: to Eve Example" in words
    await up.press(incident, "acknowledge", by="Eve Example")
    found = await until(up, incident, lambda found: found["acknowledged_by"] == "Eve Example")
    assert not found.get("passed_on")
    words = " ".join(up.command("show", incident).stdout.split())
    assert "by Eve Example" in words
    assert "Eve Example acknowledged through pagerduty" in words


async def until(up: Up, incident: str, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The state of the incident, once it is so."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while not good(found := shown(up, incident)["state"]["incident"]):
            await asyncio.sleep(0.2)
    return dict(found)
