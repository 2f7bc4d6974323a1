"""`tocsin runbook adopt`: first what would change, then a question, then the change."""

import json
from pathlib import Path

import pytest
from temporalio.worker import Worker

from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found


@pytest.fixture
def edited(alone: Path) -> str:
    """The runbook `acme` as somebody has changed it: updates are due earlier."""
    text = (alone / "books" / "acme.yaml").read_text()
    assert "every: 30m" in text
    (alone / "acme-new.yaml").write_text(text.replace("every: 30m", "every: 20m"))
    return "acme-new.yaml"


async def declared(tocsin: Tocsin) -> str:
    answer = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--json")
    await until_found(tocsin, "note", "looking at it")
    return str(json.loads(answer.out)["incident"])


async def test_it_shows_what_would_change_and_asks(
    tocsin: Tocsin, worker: Worker, edited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await declared(tocsin)
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text: asked.append(text))  # answers no
    answer = await tocsin("runbook", "adopt", edited)
    assert (answer.code, asked) == (0, ["Adopt it?"])
    assert "moves" in answer.out
    assert "update, because" in " ".join(answer.out.split())
    assert "adopted" not in (await tocsin("show")).out


async def test_with_yes_it_is_adopted_at_once(tocsin: Tocsin, worker: Worker, edited: str) -> None:
    incident = await declared(tocsin)
    answer = await tocsin("runbook", "adopt", incident, edited, "--yes", "--by", "Alice")
    assert answer.code == 0
    assert "Alice adopted the runbook acme as it is now" in answer.out
    again = await tocsin("runbook", "adopt", edited, "--json")
    assert json.loads(again.out)["changes"] == []


async def test_for_programs_nothing_is_adopted_without_yes(tocsin: Tocsin, worker: Worker, edited: str) -> None:
    incident = await declared(tocsin)
    shown = json.loads((await tocsin("runbook", "adopt", edited, "--json")).out)
    assert (shown["incident"], shown["runbook"], shown["adopted"]) == (incident, "acme", False)
    assert [(change["kind"], change["line"]["duty"]) for change in shown["changes"]] == [
        ("moves", "remind/channel"),
        ("moves", "update/channel"),
    ]
    done = json.loads((await tocsin("runbook", "adopt", edited, "--yes", "--json")).out)
    assert (done["changes"], done["adopted"]) == (shown["changes"], True)


async def test_another_companys_runbook_is_refused(tocsin: Tocsin, worker: Worker, alone: Path) -> None:
    await declared(tocsin)
    text = (alone / "books" / "acme.yaml").read_text().replace("runbook: acme", "runbook: other")
    (alone / "other.yaml").write_text(text)
    answer = await tocsin("runbook", "adopt", "other.yaml", "--yes")
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert "cannot go on by other" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "b", "c"), "this command takes [INCIDENT] RUNBOOK"),
        (("nope",), "there is no runbook 'nope'; there is: acme"),
        (("nope.yaml",), "nope.yaml: there is no such file"),
    ],
)
async def test_what_cannot_be_adopted_is_one_line(tocsin: Tocsin, words: tuple[str, ...], says: str) -> None:
    answer = await tocsin("runbook", "adopt", *words)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{says}\n")
