"""`tocsin runbook adopt`: first what would change, then a question, then the change. By what the worker has loaded."""

import json
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found


async def edit(client: Client, alone: Path) -> None:
    """Somebody changes `acme`, so that updates are due earlier, and starts the worker again."""
    file = alone / "books" / "acme.yaml"
    text = file.read_text()
    assert "every: 30m" in text
    file.write_text(text.replace("every: 30m", "every: 20m"))
    await Installations(Incidents(client).connection).publish(loaded(load(alone / "books"), Settings()))


async def declared(tocsin: Tocsin) -> str:
    answer = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--json")
    await until_found(tocsin, "note", "looking at it")
    return str(json.loads(answer.out)["incident"])


async def test_it_shows_what_would_change_and_asks(
    tocsin: Tocsin, worker: Worker, client: Client, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await declared(tocsin)
    await edit(client, alone)
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text: asked.append(text))  # answers no
    answer = await tocsin("runbook", "adopt", "acme")
    assert (answer.code, asked) == (0, ["Adopt it?"])
    assert "moves" in answer.out
    assert "update, because" in " ".join(answer.out.split())
    assert "adopted" not in (await tocsin("show")).out


async def test_with_yes_it_is_adopted_at_once(tocsin: Tocsin, worker: Worker, client: Client, alone: Path) -> None:
    incident = await declared(tocsin)
    await edit(client, alone)
    answer = await tocsin("runbook", "adopt", incident, "acme", "--yes", "--by", "Alice")
    assert answer.code == 0
    assert "Alice adopted the runbook acme as it is now" in answer.out
    again = await tocsin("runbook", "adopt", "acme", "--json")
    assert json.loads(again.out)["changes"] == []


async def test_for_programs_nothing_is_adopted_without_yes(
    tocsin: Tocsin, worker: Worker, client: Client, alone: Path
) -> None:
    incident = await declared(tocsin)
    await edit(client, alone)
    shown = json.loads((await tocsin("runbook", "adopt", "acme", "--json")).out)
    assert (shown["incident"], shown["runbook"], shown["adopted"]) == (incident, "acme", False)
    assert [(change["kind"], change["line"]["duty"]) for change in shown["changes"]] == [
        ("moves", "remind/channel"),
        ("moves", "update/channel"),
    ]
    done = json.loads((await tocsin("runbook", "adopt", "acme", "--yes", "--json")).out)
    assert (done["changes"], done["adopted"]) == (shown["changes"], True)


async def test_another_companys_runbook_is_refused(tocsin: Tocsin, worker: Worker, client: Client, alone: Path) -> None:
    await declared(tocsin)
    text = (alone / "books" / "acme.yaml").read_text().replace("runbook: acme", "runbook: other")
    (alone / "books" / "other.yaml").write_text(text)
    await Installations(Incidents(client).connection).publish(loaded(load(alone / "books"), Settings()))
    answer = await tocsin("runbook", "adopt", "other", "--yes")
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert "cannot go on by other" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "b", "c"), "this command takes [INCIDENT] RUNBOOK"),
        (("nope",), "there is no runbook 'nope': the running installation has acme"),
        (
            ("books/acme.yaml",),
            "there is no runbook 'books/acme.yaml': the running installation has acme; a command takes the name of a "
            "runbook that is loaded there, never a file",
        ),
    ],
)
async def test_what_cannot_be_adopted_is_one_line(
    tocsin: Tocsin, client: Client, words: tuple[str, ...], says: str
) -> None:
    answer = await tocsin("runbook", "adopt", *words)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{says}\n")
