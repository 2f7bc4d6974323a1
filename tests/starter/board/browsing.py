"""A board at an address, before which a browser sits, and an installation behind it that does all that a runbook says.

Its time is compressed: what is due in minutes comes within seconds.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.runbooks.library import Library, load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import ALICE, TOKENS, bearer
from tests.starter.conftest import eventually
from tests.starter.test_serve import serving
from tests.workflows.incidents import Vendors, performing
from worker.hosting import runner
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.incident import IncidentWorkflow
from workflows.installation import InstallationWorkflow
from workflows.queues import WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow

pytest.importorskip("playwright", reason="make setup-dev brings the browser's driver")
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SERIOUS = ("serious", "critical")
SPEED = 120.0
"""A quarter of an hour takes seven seconds."""
WHOLE_BOOK = """
runbook: acme
title: Acme's procedure
home: "#incidents"
flags: [leaked]
people:
  on-call: {name: On-call Engineer}
  boss: {name: The Boss}
roles:
  commander: {name: Incident Commander}
severities:
  sev1:
    title: Outage
    definition: nothing works
    escalation: [{page: [on-call]}, {page: [boss], after: 15m}]
    roles: [commander]
    status_page: {owner: commander, first: 0m, automatic: []}
    verify_for: 5m
    duties:
      - {id: first-steps, kind: checklist, template: checklist, owner: commander, text: Freeze deployments}
    review:
      required: always
      duties: [{id: report, kind: nag, template: nag, at: resolved, after: 48h, owner: commander, text: the report}]
  sev2:
    title: Degraded
    definition: something does not work
    escalation: [{page: [on-call]}]
"""


@dataclass
class BoardAddress:
    url: str
    http: httpx.AsyncClient

    async def link(self) -> str:
        answer = await self.http.post(f"{self.url}/api/v1/login-links")
        return self.url + str(answer.raise_for_status().json()["path"])

    async def declare(self, title: str, **more: object) -> str:
        """However busy the machine is: the same key is the same incident."""
        path, key = f"{self.url}/api/v1/incidents", {"Idempotency-Key": f"{len(title)}{title[:40]}".encode().hex()}

        async def asked() -> httpx.Response:
            return await self.http.post(path, json={"title": title, "severity": "sev1", **more}, headers=key)

        return str((await eventually(asked, lambda answer: answer.status_code == 201)).json()["incident"])


@workflow.defn(name="canary")
class WellCanary:
    """Comes back at once."""

    @workflow.run
    async def run(self) -> None:
        return None


@asynccontextmanager
async def procedure(client: Client, library: Library, settings: Settings) -> AsyncIterator[None]:
    """Incidents and reviews run, and every vendor answers."""
    await Installations(Incidents(client).connection).publish(loaded(library, settings))
    workflows = [IncidentWorkflow, InstallationWorkflow, ReviewWorkflow, CancelledEpisodesWorkflow, WellCanary]
    async with (
        Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        performing(client, Vendors()),
    ):
        yield


@asynccontextmanager
async def board_at(client: Client, library: Library, settings: Settings) -> AsyncIterator[BoardAddress]:
    settings = settings.model_copy(update={"api_tokens": TOKENS, "speed": SPEED})
    async with (
        procedure(client, library, settings),
        serving(settings, library, Incidents(client)) as url,
        httpx.AsyncClient(trust_env=False, headers=bearer(ALICE), timeout=HANGS_AFTER_S) as http,
    ):
        yield BoardAddress(url, http)


def book_in(folder: Path, book: str = WHOLE_BOOK) -> Library:
    folder.mkdir(exist_ok=True)
    (folder / "acme.yaml").write_text(book)
    return load(folder)


@pytest_asyncio.fixture
async def quick_board(client: Client, settings: Settings, tmp_path: Path) -> AsyncIterator[BoardAddress]:
    async with board_at(client, book_in(tmp_path / "books"), settings) as found:
        yield found


async def violations(page: Page) -> list[str]:
    """What axe-core takes for serious."""
    found: list[dict[str, Any]] = (await Axe().run(page)).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}" for each in found if each["impact"] in SERIOUS for node in each["nodes"]
    ]


@contextmanager
def nothing_wrong(page: Page) -> Iterator[None]:
    """No error in the console, which is where a browser says what a policy forbids; and no dialog."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda said: wrong.append(said.message))
    yield
    assert wrong == []
