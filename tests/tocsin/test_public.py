"""Whoever lets something out to the public sees it: at `declare` before it is opened, then by `show` and `approve`."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console, Group, RenderableType
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.tocsin.conftest import Tocsin
from tocsin.view.outside import page, waiting
from workflows.policy.incident.public import Public
from workflows.policy.views.results import WaitingDraft

PAGE = """\
    status_page: {owner: commander, automatic: [investigating], first: 10m}
  sev2:
    status_page: {owner: commander}
"""
SAYS = "We are currently investigating {}.\nWe will provide updates as we learn more."
NAMELESS = SAYS.format("a problem with some of our services")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))


@pytest.fixture
async def public(client: Client, worker: Worker, alone: Path) -> Client:
    """acme with a status page."""
    file = alone / "books" / "acme.yaml"
    file.write_text(file.read_text().replace("  sev2:\n", PAGE))
    await Installations(Incidents(client).connection).publish(loaded(load(alone / "books"), Settings()))
    return client


async def opened(client: Client) -> int:
    return len(await Incidents(client).list())


async def test_what_goes_out_by_itself_is_a_field_and_stands_in_the_answer(tocsin: Tocsin, public: Client) -> None:
    words = ("declare", "db-17.int is down", "--severity", "sev1", "--service", "db-17.int")
    told = json.loads((await tocsin(*words, "--json")).out)
    [out] = told["outgoing"]
    assert (out["what"], out["text"]) == ("status page: investigating", NAMELESS)
    assert out["subject"] == "A problem with some of our services"
    answer = await tocsin(*words)
    assert (answer.code, answer.err) == (0, "")
    assert "goes out by itself: status page: investigating" in answer.out
    assert "db-17.int is down" not in answer.out.partition("goes out by itself")[2]


async def test_somebodys_words_for_the_public_go_out_letter_for_letter(tocsin: Tocsin, public: Client) -> None:
    words = ("declare", "db-17 is down", "--severity", "sev1", "--public", "failing iOS logins", "--json")
    [out] = json.loads((await tocsin(*words)).out)["outgoing"]
    assert (out["subject"], out["text"]) == ("failing iOS logins", SAYS.format("failing iOS logins"))
    refused = await tocsin("declare", "It is down", "--public", "problems of TBD")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "fill in TBD first: people outside would read it as it stands\n"


async def test_where_nothing_goes_out_nobody_is_asked(tocsin: Tocsin, public: Client, at_a_terminal: None) -> None:
    answer = await tocsin("declare", "It is slow", "--severity", "sev2")
    assert (answer.code, answer.err) == (0, "")
    assert "goes out" not in answer.out


async def test_at_a_terminal_it_is_shown_and_asked_once(
    tocsin: Tocsin, public: Client, at_a_terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("declare", "It is down", "--severity", "sev1")
    refused = await tocsin(*words)
    assert refused.code == 1
    assert refused.err.endswith('nothing was opened; for other words say --public "..."\n')
    assert NAMELESS.splitlines()[0] in refused.out
    assert (await tocsin(*words, "--yes")).code == 0
    for answered in ("y\n", "\n"):
        monkeypatch.setattr(sys, "stdin", Terminal(answered))
        agreed = await tocsin(*words)
        assert (agreed.code, agreed.out.count("goes out by itself")) == (0, 1)


async def test_a_command_shows_what_it_lets_out(tocsin: Tocsin, public: Client) -> None:
    words = ("declare", "It is slow", "--severity", "sev2", "--json")
    incident = json.loads((await tocsin(*words)).out)["incident"]
    assert "the public page says" not in (await tocsin("show", incident)).out
    answer = await tocsin("update", incident, "Searches are slow.", "--public")
    assert "goes out: status page: investigating" in answer.out
    assert answer.out.count("Searches are slow.") == 2  # what changed, and what goes out
    shown = await tocsin("show", incident)
    assert "something was sent there; it is not known whether it arrived" in shown.out


NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def rendered(*parts: RenderableType) -> str:
    console = Console(width=60, file=io.StringIO(), record=True)
    console.print(Group(*parts))
    return console.export_text()


def test_a_draft_is_shown_whole_with_how_to_let_it_out() -> None:
    long = "We look into it. " * 40
    about = {"what": "status page: investigating", "at": NOW, "subject": "A problem", "name": "status-page"}
    drafts = [
        WaitingDraft.model_validate({**about, "text": f"{long}[b]red[/b]", "since": NOW}),
        WaitingDraft.model_validate({**about, "text": "Some [impact].", "to_fill_in": ("[impact]",)}),
    ]
    lines = " ".join(rendered(*waiting("20260302-0930-k7qxzm", drafts, NOW)).split())
    assert f"since 09:30:00 UTC A problem {long}[b]red[/b] to let it out: tocsin approve" in lines
    assert lines.endswith(
        "it cannot go out like this: [impact] is to be filled in: "
        'tocsin approve 20260302-0930-k7qxzm --draft status-page "..."'
    )


def test_what_the_public_page_says_now_is_shown_whole() -> None:
    said = Public(begun=True, status="monitoring", says="A fix is in place.\nWe watch it.", said_at=NOW)
    assert rendered(*page(said, NOW)) == ("monitoring, since 09:30:00 UTC\n    A fix is in place.\n    We watch it.\n")
    assert rendered(*page(Public(), NOW)) == "nothing has been said there\n"


async def test_what_is_redacted_is_so_in_what_goes_out(
    tocsin: Tocsin, public: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_REDACT", "(?i)jane roe")
    words = ("declare", "Payments of Jane Roe fail", "--severity", "sev1", "--public", "failing payments of Jane Roe")
    [out] = json.loads((await tocsin(*words, "--json")).out)["outgoing"]
    assert out["text"] == SAYS.format("failing payments of ***")
