"""Tickets against the sandbox's Jira: opened once, commented once, closed whichever way leads there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities import jira as module
from activities.errors import Rejected, Unavailable
from activities.jira import Jira
from activities.jira_text import document, text_of
from tests.activities import sends
from tests.activities.conftest import JIRA_TOKEN
from tests.sandbox_server import SandboxServer


async def tickets(sandbox: SandboxServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.state())["tickets"]
    return found


async def test_a_ticket_is_opened_with_labels_by_which_it_is_found_again(jira: Jira, sandbox: SandboxServer) -> None:
    receipt = await jira.file_ticket(sends.ticket(text="Since 02:04\n\nSee https://wiki.example/a."), False)
    (ticket,) = await tickets(sandbox)
    assert receipt.reference == ticket["key"] == "OPS-1"
    assert (ticket["summary"], ticket["issue_type"]) == ("SEV-1: checkout is down", "Task")
    assert ticket["text"] == "Since 02:04\n\nSee https://wiki.example/a."
    own, incident = ticket["labels"]
    assert own.startswith("tocsin-")
    assert incident == f"tocsin-incident-{sends.INCIDENT}"
    links = [node["marks"] for node in ticket["description"]["content"][1]["content"] if "marks" in node]
    assert links == [[{"type": "link", "attrs": {"href": "https://wiki.example/a"}}]]


async def test_a_ticket_that_may_have_been_opened_is_not_opened_before_the_search_would_know(
    jira: Jira, sandbox: SandboxServer
) -> None:
    started = datetime.now(UTC) - timedelta(seconds=20)
    with pytest.raises(Unavailable, match="may not know yet") as later:
        await jira.file_ticket(sends.ticket(first_started_at=started), True)
    assert later.value.retry_after is not None
    assert timedelta(seconds=30) < later.value.retry_after <= module.INDEXED
    await jira.file_ticket(sends.ticket(first_started_at=started - module.INDEXED), True)
    assert len(await tickets(sandbox)) == 1


@pytest.mark.parametrize("start", ["To Do", "In Progress"])
async def test_a_ticket_is_closed_with_the_resolution(jira: Jira, sandbox: SandboxServer, start: str) -> None:
    opened = await jira.file_ticket(sends.ticket(), False)
    receipt = await jira.file_ticket(sends.ticket("close", opened.reference, text="rolled back"), False)
    (ticket,) = await tickets(sandbox)
    assert (ticket["status"], [comment["text"] for comment in ticket["comments"]]) == ("Done", ["rolled back"])
    assert (receipt.reference, receipt.note) == (opened.reference, None)


async def test_a_comment_leaves_it_open(jira: Jira, sandbox: SandboxServer) -> None:
    opened = await jira.file_ticket(sends.ticket(), False)
    await jira.file_ticket(sends.ticket("comment", opened.reference, text="still looking"), False)
    (ticket,) = await tickets(sandbox)
    assert (ticket["status"], len(ticket["comments"])) == ("To Do", 1)


async def test_one_that_is_closed_already_is_commented_and_left_alone(jira: Jira, sandbox: SandboxServer) -> None:
    opened = await jira.file_ticket(sends.ticket(), False)
    for text in ("one", "two"):
        await jira.file_ticket(sends.ticket("close", opened.reference, text=text), False)
    moves = [entry for entry in await sandbox.wire(vendor="jira") if entry["path"].endswith("/transitions")]
    assert [entry["method"] for entry in moves] == ["GET", "POST"]


async def test_a_close_that_broke_off_after_its_comment_does_not_comment_again(
    jira: Jira, sandbox: SandboxServer
) -> None:
    opened = await jira.file_ticket(sends.ticket(), False)
    close = sends.ticket("close", opened.reference, text="rolled back\n\nby https://ci.example/7 & Bob")
    await sandbox.fault(vendor="jira", method="/transitions", status=503, times=1)
    with pytest.raises(Unavailable):
        await jira.file_ticket(close, False)
    receipt = await jira.file_ticket(close, True)
    (ticket,) = await tickets(sandbox)
    assert (ticket["status"], len(ticket["comments"])) == ("Done", 1)
    assert receipt.note == "it was already there"


async def test_where_no_transition_leads_to_done_somebody_has_to_do_it(
    jira: Jira, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await jira.file_ticket(sends.ticket(), False)
    monkeypatch.delitem(__import__("sandbox.jira").jira.JIRA_TRANSITIONS, "31")
    with pytest.raises(Rejected, match="no transition leads OPS-1 from 'To Do' to a status that is done"):
        await jira.file_ticket(sends.ticket("close", opened.reference), False)


async def test_what_jira_complains_of_is_said_by_field(sandbox: SandboxServer) -> None:
    nobody = Jira(sandbox.jira_url, "tocsin@example.com", JIRA_TOKEN, "OPS", "Epic")
    with pytest.raises(Rejected, match="Jira answered 400: name: Input should be 'Task'"):
        await nobody.file_ticket(sends.ticket(), False)


async def test_a_wrong_token_is_rejected(sandbox: SandboxServer) -> None:
    stranger = Jira(sandbox.jira_url, "tocsin@example.com", "bad", "OPS", "Task")
    with pytest.raises(Rejected, match="401: Client must be authenticated"):
        await stranger.file_ticket(sends.ticket(), False)


@pytest.mark.parametrize("key", ["../../issue", "OPS-1/../OPS-2", "OPS-1?x=", "OPS-1#"])
async def test_a_key_is_never_a_path(jira: Jira, sandbox: SandboxServer, key: str) -> None:
    with pytest.raises(Rejected, match="404"):
        await jira.file_ticket(sends.ticket("comment", key), False)


@pytest.mark.parametrize(
    "text", ["", "one line", "two\nlines", "two\n\nparagraphs", "https://a.example/b?c", "a https://b.example c\n\nd"]
)
def test_a_document_says_what_the_text_said(text: str) -> None:
    made = document(text)
    assert text_of(made) == text
    assert '"text": ""' not in json.dumps(made)


async def test_a_field_that_the_project_lacks_is_left_out(jira: Jira, sandbox: SandboxServer) -> None:
    """`Field 'labels' cannot be set. It is not on the appropriate screen, or unknown.`"""
    await sandbox.fault(vendor="jira", method="issue", match="labels", status=400)
    receipt = await jira.file_ticket(sends.ticket(), may_have_been_sent=False)
    assert receipt.reference
    assert receipt.warns
    assert (receipt.note or "").startswith("simplified, for Jira answered 400")
