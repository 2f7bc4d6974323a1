"""What customers read of an incident and of planned work, from the first word to the history. With real processes, and
on the board in a real browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.browser import browser, page
from tests.faults.tocsin_up import Up, tocsin_up
from tests.patience import HANGS_AFTER_S
from tocsin.up.folder import Folder

pytest.importorskip("playwright", reason="make setup-dev brings the browser's driver")
from playwright.async_api import Page, expect

__all__ = ["browser", "page"]
LISTING_BOOK = """
runbook: acme
title: Acme's procedure
home: "#incidents"
intake:
  services: {checkout: Payments, search: Search}
people:
  on-call: {name: On-call Engineer}
roles:
  commander: {name: Incident Commander}
severities:
  sev1:
    title: Outage
    definition: nothing works
    escalation: [{page: [on-call]}]
    roles: [commander]
    status_page: {owner: commander, first: 0m, automatic: []}
    verify_for: 7d
  sev2:
    title: Degraded
    definition: something does not work
    escalation: [{page: [on-call]}]
"""
"""Nothing goes out by itself; and no incident closes while somebody looks at it."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    folder, books = tmp_path_factory.mktemp("tocsin"), tmp_path_factory.mktemp("books")
    (books / "acme.yaml").write_text(LISTING_BOOK)
    known = {"TOCSIN_RUNBOOKS": str(books), "TOCSIN_RUNBOOK": "acme"}
    async with tocsin_up(folder, {**known, "TOCSIN_PUBLIC_PAGE": "gateway", "TOCSIN_PUBLIC_PAGE_NAME": "Acme"}) as up:
        yield up


async def declared(up: Up, **said: str) -> str:
    """However long the worker takes to begin: the same key is the same incident."""
    token = Folder(Path(up.environment["TOCSIN_STATE_DIR"])).token()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "declared-once"}
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            answer = await up.http.post(f"{up.gateway}/api/v1/incidents", json=said, headers=headers)
            if answer.status_code == 201:
                return str(answer.json()["incident"])
            await asyncio.sleep(0.2)


def typed(up: Up, *words: str) -> dict[str, Any]:
    """What a person types, and the answer for programs."""
    answer = up.command(*words, "--json")
    assert answer.returncode == 0, answer.stderr
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


async def read(up: Up, path: str) -> str:
    """As somebody who has no token."""
    answer = await up.http.get(f"{up.gateway}/status{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def until(up: Up, path: str, *words: str) -> str:
    """The page is made anew every few seconds at most."""
    async with asyncio.timeout(HANGS_AFTER_S):
        while True:
            text = await read(up, path)
            if all(each in text for each in words):
                return text
            await asyncio.sleep(0.2)


async def summary(up: Up) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await read(up, "/api/v2/summary.json"))
    return found


def state_of(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["status"] for each in found["components"]}


async def let_out(page: Page, status: str) -> None:
    """The draft that waits, as it stands there."""
    await expect(page.locator("#drafts")).to_contain_text(f"status page: {status}")
    await page.locator("#drafts").get_by_role("button", name="Let it out").click()
    await expect(page.locator("#public strong")).to_have_text(status)


async def in_own_words(page: Page, words: str) -> None:
    await page.locator("summary", has_text="Post an update").click()
    form = page.locator("details[open]")
    await form.locator("textarea").fill(words)
    await form.get_by_label("Phase").select_option("identified")
    await form.get_by_label("Also on the status page").check()
    await form.get_by_role("button", name="Post an update").click()
    await expect(page.locator("#public blockquote")).to_contain_text(words)


async def correct(page: Page, words: str) -> None:
    """What it changes is shown before it is done."""
    await page.locator("#public summary", has_text="Correct these words").click()
    await page.get_by_label("What it should say").fill(words)
    await page.locator("#public details[open] button", has_text="Correct these words").click()
    await expect(page.locator("main")).to_contain_text("Goes out: status page: correction of identified")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("#public")).to_contain_text(", corrected ")


async def resolve(page: Page) -> None:
    await page.locator("summary", has_text="Resolve").click()
    await page.get_by_label("What it was, and what was done").fill("deploy 4.2 of db-17 was rolled back")
    await page.get_by_role("button", name="Resolve").click()
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("#head .phase")).to_have_text("resolved")


async def test_an_incident_is_seen_in_public_from_its_first_approved_word_to_the_history(up: Up, page: Page) -> None:
    incident = await declared(up, title="db-17 is down", severity="sev1", service="checkout", public="failing payments")
    await page.goto(typed(up, "board")["link"])
    await page.goto(f"{up.gateway}/incidents/{incident}")
    await expect(page.locator("#public")).to_contain_text("nothing has been said there")  # nobody has let it out
    await let_out(page, "investigating")
    await until(up, "", "failing payments", "Major Service Outage")
    assert state_of(await summary(up)) == {"Payments": "major_outage", "Search": "operational"}

    await in_own_words(page, "A change of this morning is the cause.")
    for path in ("", "/feed.atom", "/api/v2/summary.json"):
        assert "db-17" not in await until(up, path, "A change of this morning is the cause.")
    await correct(page, "A change of last night is the cause.")
    shown = await until(up, "", "A change of last night is the cause.", "corrected at")
    assert "this morning" not in shown
    [public] = (await summary(up))["incidents"]
    assert [each["status"] for each in public["incident_updates"]] == ["identified", "investigating"]

    await resolve(page)
    await let_out(page, "resolved")
    await until(up, "/history.html", "failing payments", "Resolved")
    found = await summary(up)
    assert (found["incidents"], found["status"]["indicator"]) == ([], "none")
    assert state_of(found) == {"Payments": "operational", "Search": "operational"}
    await page.goto(f"{up.gateway}/status")
    assert await page.locator("h1").inner_text() == "All Systems Operational"
    assert "db-17" not in await page.content()


async def test_planned_work_stands_there_from_its_announcement_to_its_end(up: Up, page: Page) -> None:
    words = ("--match", "service=search", "--for", "2h", "--reason", "OPS-12", "--public", "Moving the search index")
    silence = typed(up, "silence", "add", *words)["id"]
    await until(up, "", "Moving the search index", "Service Under Maintenance")
    found = await summary(up)
    [planned] = found["scheduled_maintenances"]
    assert (planned["name"], planned["status"]) == ("Moving the search index", "in_progress")
    assert state_of(found)["Search"] == "under_maintenance"
    await page.goto(f"{up.gateway}/status")
    assert await page.locator("article.maintenance").inner_text() != ""
    assert "OPS-12" not in await page.content()
    assert "Moving the search index" in await read(up, "/feed.atom")

    assert up.command("silence", "expire", silence).returncode == 0
    await until(up, "/history.html", "Moving the search index", "Completed")
    assert state_of(await summary(up))["Search"] == "operational"
