"""What concerns the whole installation, by the gateway's HTTP API: who does it is proved by a token, and nothing of
Temporal is needed."""

import json
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.desk import page_test
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.shifts import Shifts
from starter.temporal.silences import Silences
from tests.starter.conftest import eventually
from tests.tocsin.conftest import CommandAnswer, Tocsin
from tests.tocsin.test_on_call import ROTA
from tests.tocsin.test_over_http import gateway, served
from tests.tocsin.test_runbook_adopt import declared, edit
from tests.workflows.shifts import RotaWorld
from worker.hosting import runner
from workflows.heartbeat import HeartbeatWorkflow
from workflows.queues import COMMS_QUEUE, WORKFLOW_QUEUE
from workflows.shift import ShiftWorkflow
from workflows.silence import SilenceWorkflow

__all__ = ["gateway"]  # a fixture


@pytest_asyncio.fixture
async def watching(client: Client) -> AsyncIterator[Worker]:
    workflows = [SilenceWorkflow, HeartbeatWorkflow]
    async with Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()) as running:
        yield running


async def test_a_silence_is_the_tokens_and_whom_the_command_names_stands_beside(
    tocsin: Tocsin, gateway: str, watching: Worker, client: Client
) -> None:
    add = ("silence", "add", "--match", "service=checkout", "--for", "2h", "--reason", "new disks", "--by", "Bob")
    added = await tocsin(*add, "--json")
    assert (added.code, added.err) == (0, "")
    one = json.loads(added.out)
    assert one["by"] == "alice (for Bob, unproved)"
    await eventually(Silences(Incidents(client).connection).list)
    assert one["id"] in (await tocsin("silence", "list")).out
    longer = json.loads((await tocsin("silence", "extend", one["id"], "--for", "1h", "--json")).out)
    assert longer["ends_at"] > one["ends_at"]
    assert (await tocsin("silence", "expire", one["id"])).out == f"silence {one['id']} has ended\n"
    gone = await eventually(
        lambda: tocsin("silence", "expire", one["id"]), lambda answer: "or it has ended" in answer.err
    )
    assert gone.code == 1


async def test_a_heartbeat_needs_the_scope_admin(
    tocsin: Tocsin, gateway: str, watching: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("heartbeat", "add", "backup", "--every", "1d")
    refused = await tocsin(*add)
    assert (refused.code, refused.err) == (1, "the token of alice may respond: this needs admin\n")
    monkeypatch.setenv("TOCSIN_TOKEN", "of-chief")
    added = await tocsin(*add)
    assert (added.code, added.out.startswith("backup: overdue at ")) == (0, True), added.err
    paused = await tocsin("heartbeat", "pause", "backup", "--for", "2h", "--reason", "new disks")
    assert paused.out.startswith("backup: paused until ")
    assert (await tocsin("heartbeat", "resume", "backup")).out.startswith("backup: overdue at ")
    seen = await eventually(lambda: tocsin("heartbeat", "list"), lambda answer: "backup" in answer.out)
    assert seen.code == 0
    assert (await tocsin("heartbeat", "remove", "backup")).out == "backup is no longer expected\n"
    nonsense = await tocsin("heartbeat", "add", "backup", "--every", "never")
    assert (nonsense.code, "a duration is written like" in nonsense.err) == (1, True)


async def test_figures_and_the_digest_are_read_without_temporal(
    tocsin: Tocsin, gateway: str, worker: Worker, alone: Path
) -> None:
    assert (await tocsin("digest")).out == "nothing is open, and nobody owes anything\n"
    await tocsin("declare", "Checkout is slow", "--severity", "sev1")
    seen = await eventually(lambda: tocsin("digest"), lambda answer: "Checkout is slow" in answer.out)
    assert seen.code == 0
    figures = json.loads((await tocsin("report", "--since", "2h", "--json")).out)
    assert figures["total"]["incidents"] == 1
    assert "1 still open" in (await tocsin("report")).out
    drawn = await tocsin("report", "--svg", "report.svg")
    assert (drawn.code, drawn.err) == (0, "")
    assert ET.fromstring((alone / "report.svg").read_text()).tag.endswith("svg")


async def test_what_everybody_reads_holds_nothing_private(tocsin: Tocsin, gateway: str, worker: Worker) -> None:
    """Also for whoever may see it: the digest is the one that goes to the channel."""
    await tocsin("declare", "A key was stolen", "--flag", "security")
    await tocsin("declare", "Checkout is slow")
    seen = await eventually(lambda: tocsin("digest"), lambda answer: "Checkout is slow" in answer.out)
    assert "stolen" not in seen.out


async def test_a_test_page_rings_and_says_who_asked(tocsin: Tocsin, gateway: str, worker: Worker) -> None:
    rung = await tocsin("page-test", "on-call")
    assert (rung.code, "has the test page for on-call" in rung.out) == (0, True), rung.err


async def test_a_running_incident_takes_up_the_runbook_by_whom_the_token_names(
    tocsin: Tocsin, gateway: str, worker: Worker, client: Client, alone: Path
) -> None:
    incident = await declared(tocsin)
    await edit(client, alone)
    foreseen = json.loads((await tocsin("runbook", "adopt", "acme", "--json")).out)
    assert [change["kind"] for change in foreseen["changes"]] == ["moves", "moves"]
    done = await tocsin("runbook", "adopt", incident, "acme", "--yes")
    assert (done.code, "alice adopted the runbook acme as it is now" in done.out) == (0, True), done.err
    refused = await tocsin("runbook", "adopt", "nope", "--yes")
    assert (refused.code, refused.err) == (1, "there is no runbook 'nope': the running installation has acme\n")
    assert "acme" in (await tocsin("runbook", "list")).out


async def test_a_swap_says_who_made_it(
    tocsin: Tocsin, alone: Path, fresh: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "books" / "rota.yaml").write_text(ROTA)
    there, world = loaded(load(alone / "books"), Settings()), RotaWorld()
    await Installations(Incidents(fresh).connection).publish(there)
    activities: list[Callable[..., Any]] = [
        world.read_roster, world.set_user_group, world.check_coverage, world.take_inventory, world.post,
    ]  # fmt: skip
    async with (
        Worker(fresh, task_queue=WORKFLOW_QUEUE, workflows=[ShiftWorkflow], workflow_runner=runner()),
        Worker(fresh, task_queue=COMMS_QUEUE, activities=activities),
        served(fresh, alone, monkeypatch),
    ):
        await Shifts(Incidents(fresh).connection).keep(there)
        swap = ("on-call", "override", "on-call", "ben", "--for", "2h", "--from", "sat 02:00", "--runbook", "rota")
        done = await tocsin(*swap, "--json")
        assert done.code == 0, done.err

        async def swaps() -> list[dict[str, str]]:
            seen = json.loads((await tocsin("on-call", "--runbook", "rota", "--days", "9", "--json")).out)
            found: list[dict[str, str]] = seen[0]["overrides"]
            return found

        [override] = await eventually(swaps)
        assert (override["who"], override["by"]) == ("ben", "alice")
        assert override["begins_at"].endswith(("T00:00:00Z", "T01:00:00Z"))  # two o'clock in Berlin
        nobody = await tocsin("on-call", "override", "nobody", "ben", "--for", "2h", "--runbook", "rota")
        assert (nobody.code, "is no post of the runbook rota" in nobody.err) == (1, True)


@pytest.mark.parametrize(
    "words",
    ["silence add --match a=b --for 1h --reason x", "silence expire k7qxzm", "heartbeat pause backup --for 1h",
     "page-test on-call", "on-call override on-call ann --for 1h", "runbook adopt acme --yes"],
)  # fmt: skip
async def test_whoever_may_only_read_changes_nothing(
    tocsin: Tocsin, gateway: str, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("TOCSIN_TOKEN", "of-reader")
    answer: CommandAnswer = await tocsin(*words.split())
    assert (answer.code, answer.err) == (1, "the token of reader may read: this needs respond\n")


async def test_without_a_worker_nobody_takes_the_test_page(
    tocsin: Tocsin, gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_test, "PICKED_UP_WITHIN", timedelta(seconds=0.2))
    answer = await tocsin("page-test", "on-call")
    assert (answer.code, answer.err) == (2, "no worker took the page: nobody is being paged\n")
