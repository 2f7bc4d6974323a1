"""Names that were made to break a page: nothing in them runs, hides, or moves what stands beside it."""

from datetime import UTC, datetime

import httpx
from temporalio.client import Client

from starter.board.html import web_address
from starter.temporal.incidents import Incidents
from tests.starter.board.conftest import PageSeen, pressed, seen
from tests.starter.board.test_pages import declare
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}' </textarea></title>"""
TURNED = "\u202etxt.exe\u2066\x00\x1b[31m"


async def test_nothing_that_strangers_wrote_is_markup(alice: httpx.AsyncClient, working: Client) -> None:
    path = await declare(alice, EVIL, service=EVIL[:100], public="<script>alert(1)</script>")
    incidents = Incidents(working)
    (row,) = await incidents.list()
    alert = Alert(
        fingerprint=EVIL,
        name=EVIL,
        summary=EVIL,
        starts_at=datetime.now(UTC),
        labels={EVIL[:50]: EVIL},
        link="javascript:alert(1)",
    )
    await incidents.signal(row.workflow_id, AlertsReceived(by=EVIL, via=EVIL, alerts=(alert,)))
    page = await seen(alice, path)
    for action, said in (
        ("/note", {"text": EVIL}),
        ("/update", {"text": EVIL}),
        ("/add", {"text": EVIL, "due_on": "2026-12-24"}),
        ("/resolve", {"text": EVIL}),
    ):
        assert (await pressed(alice, page, action, **said)).status_code == 200
    for each in ("/", path, "/incidents", "/follow-ups", f"/incidents/{EVIL[:60].replace('/', '')}"):
        answer = await alice.get(each)
        found = PageSeen(answer.text)
        assert found.tags.count("script") == 1, each
        assert "onerror" not in {name for name, _ in found.attributes}
        assert "alert(1)" not in answer.text.replace("&lt;script&gt;alert(1)", "").replace("onerror=alert(1)", "")
        assert "49" not in answer.text.split("7*7")[0][-20:]


async def test_what_does_not_print_is_shown_as_such(alice: httpx.AsyncClient, working: Client) -> None:
    path = await declare(alice, f"Checkout {TURNED} fails")
    text = (await alice.get(path)).text
    assert not set(TURNED[:1] + "\u2066\x1b") & set(text)
    assert "\ufffdtxt.exe" in text


async def test_wherever_an_error_repeats_what_was_asked_it_is_text(alice: httpx.AsyncClient, working: Client) -> None:
    page = await seen(alice, await declare(alice))
    answer = await pressed(alice, page, "/assign", role="commander", person=EVIL)
    assert PageSeen(answer.text).tags.count("script") == 1
    form = await pressed(alice, await seen(alice, "/declare"), "/declare", title=EVIL, severity=EVIL)
    assert PageSeen(form.text).tags.count("script") == 1


def test_only_web_addresses_are_links() -> None:
    assert web_address("https://example.com/x") == "https://example.com/x"
    for evil in (
        "javascript:alert(1)",
        " https://x",
        "data:text/html,x",
        "//evil.example",
        "JAVASCRIPT:x",
        "file:///etc",
    ):
        assert web_address(evil) == ""
