"""What only ntfy does: its message, its marks, its limits."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.errors import Rejected
from activities.ntfy import Ntfy
from activities.pagers import fingerprint, peppered
from tests.activities import sends
from tests.activities.conftest import NTFY_TOKEN, NTFY_TOPIC
from tests.sandbox_server import SandboxServer

LINKS = (("Runbook", "https://example.com/runbook"), ("Dashboard", "https://example.com/board"))
ADDRESS = "https://temporal.example.com/namespaces/default/workflows/k7"


async def test_a_page_is_a_message_of_the_highest_priority_with_its_links(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    receipt = await ntfy.page(sends.page(links=LINKS, address=ADDRESS), False)
    [shown] = (await sandbox.state())["notifications"]
    assert receipt.reference == shown["id"]
    assert (shown["topic"], shown["title"], shown["priority"]) == (NTFY_TOPIC, "SEV-1: checkout is down", 5)
    assert shown["click"] == ADDRESS
    assert [(action["label"], action["url"]) for action in shown["actions"]] == list(LINKS)


async def test_the_first_button_acknowledges_without_opening_anything(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    link = "https://tocsin.example.com/a/TOKEN"
    await ntfy.page(sends.page(links=(("Acknowledge", link), *LINKS, *LINKS), answer=link), False)
    [shown] = (await sandbox.state())["notifications"]
    first, *others = shown["actions"]
    assert first == {"action": "http", "label": "Acknowledge", "url": link, "method": "POST", "clear": True}
    assert [action["action"] for action in others] == ["view", "view"]
    assert shown["click"] == LINKS[0][1]  # a tap only looks


@pytest.mark.parametrize(("severity", "priority"), [("sev1", 5), ("sev2", 5), ("sev3", 4), ("sev4", 4), ("odd", 5)])
async def test_the_severity_decides_how_long_it_vibrates(
    ntfy: Ntfy, sandbox: SandboxServer, severity: str, priority: int
) -> None:
    await ntfy.page(sends.page(severity=severity), False)
    [shown] = (await sandbox.state())["notifications"]
    assert shown["priority"] == priority


@pytest.mark.parametrize("letter", ["x", '"', "\\", "\n", "ż", "検", "🔥"])
async def test_the_longest_page_fits_in_every_alphabet(ntfy: Ntfy, sandbox: SandboxServer, letter: str) -> None:
    links = [(letter * 500, f"https://example.com/{n}/" + "p" * 400) for n in range(5)]
    receipt = await ntfy.page(sends.page(subject=letter * 5000, text=letter * 50_000, links=tuple(links)), False)
    assert receipt.note is None  # nothing was refused and left out
    [shown] = (await sandbox.state())["notifications"]
    assert len(shown["message"].encode()) <= 4096
    assert len(shown["actions"]) == 3


async def test_what_ntfy_refuses_is_sent_again_without_its_links(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="ntfy", match="actions", status=400, error="invalid request: actions invalid")
    receipt = await ntfy.page(sends.page(links=LINKS), False)
    [shown] = (await sandbox.state())["notifications"]
    assert shown["actions"] == []
    assert receipt.warns
    assert "without links" in (receipt.note or "")


async def test_a_page_that_cannot_be_looked_for_rings_all_the_same(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="ntfy", method="/json", status=403, error="forbidden")
    receipt = await ntfy.page(sends.page(), True)
    assert len((await sandbox.state())["notifications"]) == 1
    assert receipt.warns


async def test_another_page_of_the_same_person_is_not_taken_for_this_one(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    await ntfy.page(sends.page(vendor_key="k7/escalate/1/on-call/1"), False)
    await ntfy.page(sends.page(vendor_key="k7/escalate/1/on-call/2"), True)
    assert len((await sandbox.state())["notifications"]) == 2


async def test_a_look_begins_where_the_first_attempt_did(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=10)
    await ntfy.page(sends.page(first_started_at=begun), True)
    [look] = [entry for entry in await sandbox.wire(vendor="ntfy") if entry["method"] == "GET"]
    assert look["query"] == {"poll": "1", "since": str(int((begun - timedelta(minutes=1)).timestamp()))}


async def test_who_has_no_topic_is_rejected_with_the_setting(ntfy: Ntfy) -> None:
    with pytest.raises(Rejected, match="boss has no ntfy topic: set TOCSIN_NTFY_TOPICS") as refused:
        await ntfy.page(sends.page(to="boss"), False)
    assert refused.value.route == fingerprint("boss", "")


async def test_a_topic_that_was_refused_twice_is_not_asked_again(ntfy: Ntfy, sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="refused twice"):
        await ntfy.page(
            sends.page(not_through=(fingerprint("on-call", NTFY_TOPIC, peppered(NTFY_TOKEN, NTFY_TOPIC)),)), False
        )
    assert await sandbox.wire(vendor="ntfy") == []


async def test_a_bad_token_is_rejected_and_names_the_route(sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="ntfy answered 401: unauthorized") as refused:
        await Ntfy({"on-call": NTFY_TOPIC}, sandbox.ntfy_url, "bad").page(sends.page(), False)
    assert refused.value.route == fingerprint("on-call", NTFY_TOPIC, peppered("bad", NTFY_TOPIC))


async def test_without_a_token_none_is_sent(sandbox: SandboxServer) -> None:
    await Ntfy({"on-call": NTFY_TOPIC}, f"{sandbox.ntfy_url}/", None).page(sends.page(), False)
    assert NTFY_TOKEN not in str(await sandbox.wire(vendor="ntfy"))
    assert len((await sandbox.state())["notifications"]) == 1
