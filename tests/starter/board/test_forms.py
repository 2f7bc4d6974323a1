"""Forms on the board: a preview for each, tasks that are ticked, and words that nobody has to write twice."""

from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from starter.board.acts import acts
from starter.board.incident_page import IncidentPage, incident_page
from starter.desk.answers import ShownIncident
from starter.desk.looking import show
from starter.desk.verbs import VERBS
from starter.runbooks.library import Library, load
from starter.temporal.incidents import Incidents
from tests.starter.board.conftest import ORIGIN, PageSeen, pressed, seen
from tests.starter.board.test_pages import declare, state
from tests.starter.book import ACME

TASKS = """    duties:
      - id: first-steps
        kind: checklist
        template: checklist
        owner: commander
        text: |
          Freeze deployments
          Look at <b>the graphs</b>
      - id: only-if-leaked
        kind: checklist
        template: checklist
        when: {flags: [leaked]}
        text: Change the keys
"""
BESIDE = {"tick", "approve", "correct", "done", "waive", "sent", "not-applicable", "start", "submit"}
"""Beside what they are about, or on the review's page."""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "books"
    folder.mkdir()
    book = ACME.replace("    updates:", TASKS + "    updates:") + "flags: [leaked]\n"
    (folder / "acme.yaml").write_text(book)
    return load(folder)


async def page_of(client: Client, library: Library) -> IncidentPage:
    shown = await show(Incidents(client), "")
    assert isinstance(shown, ShownIncident)
    return incident_page(shown, library.runbooks, shown.plan.now)


async def test_there_is_a_form_for_everything_that_a_person_may_do(
    alice: httpx.AsyncClient, working: Client, library: Library
) -> None:
    path = await declare(alice)
    during = {act.verb for act in acts(await page_of(working, library))}
    await pressed(alice, await seen(alice, path), "/resolve", text="over")
    after = {act.verb for act in acts(await page_of(working, library))}
    assert during | after | BESIDE == {verb.name for verb in VERBS}


async def test_each_form_shows_what_it_would_change_and_changes_nothing(
    alice: httpx.AsyncClient, working: Client
) -> None:
    path = await declare(alice)
    html = (await alice.get(path)).text
    page = PageSeen(html)
    given = {"text": "words", "person": "boss", "to": "boss", "role": "commander", "flag": "leaked", "duration": "5m"}
    given |= {"severity": "sev2", "on": "true"}
    forms = [form for form in page.forms if form.action.startswith("/act/") and not form.action.endswith("/tick")]
    assert len(forms) > 10
    before = (await state(working)).model_dump_json()
    for form in forms:
        look = form.action.replace("/act/", "/look/")
        assert f'formaction="{look}"' in html, f"{form.action} shows nothing before it is pressed"
        answer = await alice.post(look, data={**form.fields, **given}, headers=ORIGIN)
        assert answer.status_code == 200, (look, PageSeen(answer.text).words)
        assert "Nothing has been done yet" in answer.text
    assert (await state(working)).model_dump_json() == before


async def test_tasks_stand_there_and_are_ticked(alice: httpx.AsyncClient, working: Client) -> None:
    path = await declare(alice)
    page = await seen(alice, path)
    assert "first steps 0 of 2 done · Incident Commander" in page.words
    assert "Look at <b>the graphs</b>" in page.words
    assert "Change the keys" not in page.words
    form = next(form for form in page.forms if form.action.endswith("/tick"))
    done = await alice.post(form.action, data=form.fields, headers=ORIGIN)
    assert done.status_code == 200, done.text
    assert "first steps 1 of 2 done" in (await seen(alice, path)).words
    assert (await state(working)).ticks == {"first-steps": (1,)}


async def test_whoever_is_refused_finds_their_words_again(alice: httpx.AsyncClient, working: Client) -> None:
    page = await seen(alice, await declare(alice))
    said = {"text": "a long letter </textarea>", "to": "nobody-known"}
    refused = await pressed(alice, page, "/handoff", **said)
    assert refused.status_code == 409
    assert "a long letter &lt;/textarea&gt;</textarea>" in refused.text
    assert "<details open>" in refused.text
    wrong = await pressed(alice, page, "/snooze", duration="sometime", reason="dinner")
    assert 'value="sometime"' in wrong.text
    assert 'value="dinner"' in wrong.text


async def test_an_acknowledgement_is_taken_from_a_page_that_is_old(alice: httpx.AsyncClient, working: Client) -> None:
    """Whoever is on it must not be told to load a page again; a decision that an older page led to is refused."""
    page = await seen(alice, await declare(alice))
    assert (await pressed(alice, page, "/assign", role="commander", person="boss")).status_code == 200
    assert (await pressed(alice, page, "/ack")).status_code == 200
    assert (await pressed(alice, page, "/update", text="we look at it")).status_code == 200
    assert (await pressed(alice, page, "/mitigate")).status_code == 409
