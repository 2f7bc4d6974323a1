"""`kill -9`, with real processes: no page is lost, none is doubled at the vendor, lateness is said."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from starter.intake.identity import workflow_id
from tests.faults.test_ways import alerts_of
from tests.faults.tocsin_up import Up, tocsin_up
from tests.patience import HANGS_AFTER_S
from tests.temporal_server import BINARY


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    folder: Path = tmp_path_factory.mktemp("tocsin")
    async with tocsin_up(folder) as running:
        yield running


@pytest.mark.parametrize("part", ["tocsin worker", "temporal server", "tocsin gateway"])
async def test_a_part_killed_between_two_tiers_costs_no_page(up: Up, part: str) -> None:
    incident = await up.alert(f"Killed {part}")
    await up.until_rung(incident, "first")
    up.kill(part)
    rung = await up.until_rung(incident, "first", "second", "third")
    assert sorted(rung) == ["first", "second", "third"]  # at 60x a slow machine has them overdue together
    await up.alert(f"Killed {part}", "resolved")


async def test_a_worker_killed_while_it_pages_rings_once(up: Up) -> None:
    await up.fault(vendor="pagerduty", method="enqueue", match="Killed sending", delay_s=2, drop="after", times=1)
    incident = await up.alert("Killed sending")
    async with asyncio.timeout(HANGS_AFTER_S):
        while not await alerts_of(up, incident):
            await asyncio.sleep(0.05)
    up.kill("tocsin worker")  # the request has come to the pager, and its answer has not left
    rung = await up.until_rung(incident, "first", "second", "third")
    state = await up.state()
    ours = [i["incident_key"] for i in state["pagerduty_incidents"] if i["incident_key"].startswith(incident)]
    assert rung.count("first") == 1
    assert len(ours) == len(set(ours))
    await up.alert("Killed sending", "resolved")


async def test_an_alert_that_comes_while_the_gateway_is_dead_opens_one_incident(up: Up) -> None:
    up.kill("tocsin gateway")
    incident = await up.alert("Gateway away")
    assert await up.until_rung(incident, "first") == ["first"]
    await up.press(incident, "acknowledge")
    async with asyncio.timeout(HANGS_AFTER_S):
        while "Alice" not in up.command("show", "--json", incident).stdout:
            await asyncio.sleep(0.2)
    await up.alert("Gateway away", "resolved")


async def test_what_was_cancelled_stays_so_although_everything_is_killed(up: Up) -> None:
    incident = await up.alert("Cancelled")
    await up.until_rung(incident, "first")
    assert up.command("cancel", incident, "--by", "Alice").returncode == 0
    for part in ("tocsin worker", "tocsin gateway", "temporal server"):
        up.kill(part)
    assert await up.alert("Cancelled") == incident
    other = await up.alert("After it")
    assert await up.until_rung(other, "first") == ["first"]  # so the repeat has been read
    await up.alert("Cancelled")
    assert (await up.rings(incident)).count("first") == 1
    for name in ("Cancelled", "After it"):
        await up.alert(name, "resolved")


async def test_without_a_worker_commands_say_so_and_lose_nothing(up: Up) -> None:
    incident = await up.alert("No worker")
    await up.until_rung(incident, "first")
    up.kill("tocsin worker")
    answer = up.command("ack", incident, "--by", "Bob")
    if answer.returncode == 0:
        assert "(for Bob, unproved) acknowledged" in answer.stdout  # the worker was back within its patience
    else:
        assert answer.returncode == 2
        assert "recorded" in answer.stderr
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            shown = up.command("show", "--json", incident)
            if shown.returncode == 0:
                break
    assert "Bob" in json.loads(shown.stdout)["state"]["incident"]["acknowledged_by"]  # for him, by whose token it was
    await up.alert("No worker", "resolved")


async def test_temporals_own_command_line_can_resolve_an_incident_without_an_argument(up: Up) -> None:
    incident = await up.alert("Bare signal")
    await up.until_rung(incident, "first")
    address = up.addresses["temporal"]
    subprocess.run(
        [BINARY, "workflow", "signal", "--workflow-id", incident, "--name", "resolve", "--address", address],
        check=True,
        capture_output=True,
    )
    async with asyncio.timeout(HANGS_AFTER_S):  # a slow worker's `show` is what the history knows
        while '"phase": "resolved"' not in up.command("show", "--json", incident).stdout:
            await asyncio.sleep(0.2)
    await up.alert("Bare signal", "resolved")


async def test_a_review_outlives_what_dies_around_it(up: Up) -> None:
    """At 60x: it begins at once, reminds after 15 s and asks after 30 s; worker and server are killed in between."""
    declared = json.loads(up.command("declare", "Reviewed", "--severity", "sev2", "--json").stdout)["incident"]
    assert up.command("resolve", declared, "rolled back").returncode == 0
    await _until_said(up, "What its review owes:")
    up.kill("tocsin worker")
    await _until_said(up, "Due soon:")
    up.kill("temporal server")
    await _until_said(up, "Due: report")
    async with asyncio.timeout(HANGS_AFTER_S):
        while up.command("review", "submit", declared, "--link", "https://wiki.example/1").returncode != 0:
            await asyncio.sleep(0.2)
    await _until_said(up, "the review is complete")
    said = [text for text in await up.said() if "Reviewed" in text or declared in text]
    for once in ("What its review owes:", "Due soon:", "Due: report"):
        assert sum(once in text for text in said) == 1, said


async def _until_said(up: Up, words: str) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        while not any(words in text for text in await up.said()):
            await asyncio.sleep(0.1)


async def test_what_a_silence_holds_opens_when_it_ends_although_every_part_was_killed(up: Up) -> None:
    words = ("--match", "alertname=Silenced", "--for", "1h", "--reason", "new disks", "--json")
    silence = json.loads(up.command("silence", "add", *words).stdout)["id"]
    async with asyncio.timeout(HANGS_AFTER_S):
        while silence not in (await up.http.get(f"{up.gateway}/readyz")).text:
            await asyncio.sleep(0.2)
    assert await up.alert("Silenced") == "None"
    incident = workflow_id("alertmanager", "tocsin", '{}:{alertname="Silenced"}')
    for part in ("tocsin worker", "tocsin gateway", "temporal server"):
        up.kill(part)
    async with asyncio.timeout(HANGS_AFTER_S):
        while "it has ended" not in up.command("silence", "expire", silence).stderr:  # said of one that is no more
            await asyncio.sleep(0.2)
    rung = await up.until_rung(incident, "first")
    assert (rung[0], rung.count("first")) == ("first", 1)
    await up.alert("Silenced", "resolved")
