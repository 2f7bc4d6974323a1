"""`tocsin declare`: by whose runbook, with which labels, and what becomes of the first page."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from settings import Settings
from starter.desk import acting
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.results import Unreachable
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.policy.incident.state import Incident
from workflows.policy.views.first_page import FirstPage
from workflows.policy.views.results import Outgoing
from workflows.queues import PAGE_QUEUE

BY_LABEL = """\
      - {page: [on-call]}
      - {page: [boss], when: {labels: {team: payments}}}
"""


@activity.defn(name="page")
async def refuses_on_call(send: Send) -> Receipt:
    assert isinstance(send.effect, Page)
    if send.effect.to == "on-call":
        raise ApplicationError("PagerDuty does not know the key", type="Rejected", non_retryable=True)
    return Receipt()


@activity.defn(name="page")
async def refuses_all(send: Send) -> Receipt:
    raise ApplicationError("PagerDuty does not know the key", type="Rejected", non_retryable=True)


async def test_it_says_by_which_runbook_and_who_rings(tocsin: Tocsin, worker: Worker) -> None:
    answer = await tocsin("declare", "Checkout is down", "--severity", "sev1")
    assert (answer.code, answer.err) == (0, "")
    assert "declared SEV-1 by acme: Checkout is down\nOn-call Engineer is ringing\n" in answer.out
    told = json.loads((await tocsin("declare", "Checkout is down", "--severity", "sev1", "--json")).out)
    assert told["runbook"] == "acme"
    assert told["first_page"] == {"fate": "ringing", "text": "On-call Engineer is ringing"}


async def test_where_the_first_is_refused_it_says_who_rings_instead(
    tocsin: Tocsin, client: Client, deciding: Worker
) -> None:
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[refuses_on_call]):
        answer = await tocsin("declare", "Checkout is down", "--severity", "sev1")
    assert answer.code == 0
    assert "The Boss is ringing" in answer.out


async def test_where_all_are_refused_it_is_no_success(tocsin: Tocsin, client: Client, deciding: Worker) -> None:
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[refuses_all]):
        answer = await tocsin("declare", "Checkout is down", "--severity", "sev1", "--json")
    assert answer.code == 2
    first = json.loads(answer.out)["first_page"]
    assert first["fate"] == "refused"
    assert first["text"].startswith("refused: On-call Engineer could not be paged")
    assert first["text"].count("PagerDuty does not know the key") == 1
    assert "next: page On-call Engineer at " in first["text"]
    assert answer.err.startswith("nobody has been reached yet: refused: ")


async def test_a_call_by_hand_says_who_rings_or_why_nobody_does(
    tocsin: Tocsin, client: Client, deciding: Worker
) -> None:
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[refuses_on_call]):
        incident = json.loads((await tocsin("declare", "It is down", "--severity", "sev1", "--json")).out)["incident"]
        answer = await tocsin("escalate", incident, "boss")
        refused = await tocsin("escalate", incident, "on-call", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith("The Boss is ringing\n")
    assert refused.code == 2
    page = json.loads(refused.out)["page"]
    assert page["fate"] == "refused"
    assert "On-call Engineer could not be paged: PagerDuty does not know the key" in page["text"]
    assert refused.err.startswith("nobody has been reached yet: refused: ")


async def test_it_does_not_wait_without_end_for_a_page_that_goes_nowhere(
    tocsin: Tocsin, deciding: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "FATE_WITHIN", timedelta())
    answer = await tocsin("declare", "Checkout is down", "--severity", "sev1")
    assert answer.code == 2
    assert answer.err.startswith("nobody has been reached yet: still trying: page On-call Engineer")


async def test_a_label_decides_who_is_called(tocsin: Tocsin, worker: Worker, client: Client, alone: Path) -> None:
    file = alone / "books" / "acme.yaml"
    head, _, tail = file.read_text().rpartition("      - {page: [on-call]}\n")
    file.write_text(head + BY_LABEL + tail)
    await Installations(Incidents(client).connection).publish(loaded(load(alone / "books"), Settings()))
    words = ("declare", "Cards fail", "--severity", "sev2", "--json")
    for labels, tiers in (((), {"1"}), (("--label", "team=payments", "--label", "x=a=b"), {"1", "2"})):
        told = json.loads((await tocsin(*words, *labels)).out)
        status = await Incidents(client).status(told["workflow_id"])
        assert status.incident.labels == ({"team": "payments", "x": "a=b"} if labels else {})
        plan = await Incidents(client).plan_view(told["workflow_id"])
        planned = {*status.incident.settled, *(line.duty for line in plan.lines)}
        assert {duty.split("/")[1] for duty in planned if duty.startswith("escalate/")} == tiers


async def test_what_only_the_callers_shell_knows_is_not_used(
    tocsin: Tocsin, worker: Worker, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = alone / "theirs"
    theirs.mkdir()
    text = (alone / "books" / "acme.yaml").read_text()
    (theirs / "beta.yaml").write_text(text.replace("runbook: acme", "runbook: beta"))
    (theirs / "acme.yaml").write_text(text.replace("Acme's", "Somebody's"))
    monkeypatch.setenv("TOCSIN_RUNBOOKS", str(theirs))
    monkeypatch.setenv("TOCSIN_RUNBOOK", "beta")
    monkeypatch.setenv("TOCSIN_SPEED", "30")
    answer = await tocsin("declare", "Checkout is down", "--severity", "sev1", "--json")
    assert json.loads(answer.out)["runbook"] == "acme"
    assert answer.err.startswith(
        "not used here: TOCSIN_RUNBOOK=beta, for the running installation has acme; TOCSIN_SPEED=30.0, for the running "
        f"installation has 1.0; your acme in {theirs} ("
    )
    refused = await tocsin("declare", "Checkout is down", "--runbook", "beta")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        f"there is no runbook 'beta': the running installation has acme; yours ({theirs}) is not loaded there: set "
        "TOCSIN_RUNBOOKS where the worker runs, and start it again\n"
    )


@pytest.mark.parametrize(
    "words",
    ["declare slow", "heartbeat add backup --every 5m", "runbook adopt acme", "runbook list"],
)
async def test_where_no_worker_has_ever_run_it_says_what_to_start(tocsin: Tocsin, fresh: Client, words: str) -> None:
    answer = await tocsin(*words.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "no worker has published its runbooks here yet: start `tocsin worker` or `tocsin up`, "
        "or try again in a few seconds\n"
    )


async def test_the_runbooks_of_the_installation_are_listed_with_what_differs_here(
    tocsin: Tocsin, client: Client, alone: Path
) -> None:
    same = json.loads((await tocsin("runbook", "list", "--json")).out)
    assert (list(same["published"]["runbooks"]), same["published"]["default"]) == (["acme"], "acme")
    assert same["differences"] == []
    file = alone / "books" / "acme.yaml"
    file.write_text(file.read_text().replace("Acme's", "Somebody's"))
    (differs,) = json.loads((await tocsin("runbook", "list", "--json")).out)["differences"]
    assert differs.startswith(f"runbook acme: there {same['published']['runbooks']['acme']}, here ")
    assert "this shell differs, and is not followed: runbook acme" in (await tocsin("runbook", "list")).out


async def _fails(*_: object) -> tuple[Outgoing, ...]:
    raise KeyError("a fault of ours")


async def _away(*_: object) -> tuple[Incident, FirstPage]:
    raise Unreachable("Temporal at 10.0.0.1 does not answer")


@pytest.mark.parametrize(
    ("what", "fault", "code", "out", "err"),
    [
        ("preview_public", _fails, 0, "what goes out by itself is not known: KeyError", ""),
        ("fate", _away, 2, "", "opened as incident-declared-checkout-is-down-"),
    ],
)
async def test_what_fails_once_it_is_open_does_not_look_as_if_it_were_not(
    tocsin: Tocsin,
    client: Client,
    worker: Worker,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    fault: object,
    code: int,
    out: str,
    err: str,
) -> None:
    monkeypatch.setattr(acting, what, fault)
    answer = await tocsin("declare", "Checkout is down", "--severity", "sev1")
    assert answer.code == code, answer.err
    assert out in answer.out
    assert err in answer.err
    await eventually(Incidents(client).list)
