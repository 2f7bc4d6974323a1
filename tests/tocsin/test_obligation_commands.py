"""`tocsin obligation`, before and after the end of the incident, against a real server."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from tests.starter.book import ACME
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found
from tests.workflows.incidents import Vendors, performing

LAW = """\
obligations:
  - {id: gdpr, severities: [sev1], within: 72h, owner: commander, deputy: boss, to: the authority}
  - id: nis2
    severities: [sev1]
    owner: commander
    deputy: boss
    stages: [{id: warning, within: 24h}, {id: report, within: 1 month}]
severities:
"""


@pytest.fixture
def law(alone: Path) -> None:
    book = ACME.replace("severities:\n", LAW, 1).replace(
        "    updates: {every: 30m", "    verify_for: 0m\n    updates: {every: 30m"
    )
    (alone / "books" / "acme.yaml").write_text(book)


@pytest_asyncio.fixture
async def incident(law: None, tocsin: Tocsin, client: Client, deciding: Worker) -> AsyncIterator[str]:
    async with performing(client, Vendors()):
        answer = await tocsin("declare", "Checkout fails", "--severity", "sev1", "--json")
        declared = json.loads(answer.out)["incident"]
        await until_found(tocsin, "note", declared, "we look")
        yield str(declared)


async def test_what_is_owed_is_shown_and_ended_before_and_after_the_close(tocsin: Tocsin, incident: str) -> None:
    shown = (await tocsin("show", incident)).out
    for part in ("gdpr, to the authority", "nis2/warning", "nis2/report", "commander / On-call Engineer / The Boss"):
        assert part in shown
    clocks = json.loads((await tocsin("obligation", "list", "--json")).out)
    assert [each["obligation"]["name"] for each in clocks] == ["nis2/warning", "gdpr", "nis2/report"]
    listed = (await tocsin("obligation", "list", incident[-6:])).out
    assert [line.split()[1] for line in listed.splitlines()[1:]] == ["nis2/warning", "gdpr", "nis2/report"]
    sent = await tocsin("obligation", "sent", incident, "nis2", "--reference", "ticket 7", "--by", "Ann")
    assert "Ann sent nis2: warning, in time: ticket 7" in sent.out
    await tocsin("resolve", incident, "rolled back")
    await until_found(tocsin, "review", "show", incident)
    owed = (await tocsin("review", "show", incident)).out
    assert "nis2/report" in owed
    assert "nis2/warning" not in owed.partition("timeline")[0]
    assert "2 owed" in (await tocsin("review", "list")).out
    clocks = json.loads((await tocsin("obligation", "list", "--json")).out)
    assert [(each["incident"], each["obligation"]["name"]) for each in clocks] == [
        (incident, "gdpr"),
        (incident, "nis2/report"),
    ]
    gone = await tocsin("obligation", "not-applicable", incident, "nis2", "--reason", "not in scope", "--by", "Ann")
    assert "not applicable here: nis2: report: not in scope" in gone.out
    last = await tocsin("obligation", "sent", incident, "--reference", "case 8", "--by", "Ann")
    assert "Ann sent gdpr, in time: case 8" in last.out


async def test_why_it_cannot_be_done_is_said(tocsin: Tocsin, incident: str) -> None:
    for words, why in {
        "obligation sent gdpr": "say where it can be found: --reference",
        "obligation not-applicable gdpr": "say why it does not apply: --reason",
        "obligation sent hipaa --reference x": "no obligation 'hipaa' runs: choose one of nis2/warning, gdpr,",
    }.items():
        answer = await tocsin(*words.split())
        assert (answer.code, why in answer.err) == (1, True), answer.err
