"""Statuspage: what the public reads, and how often it is told."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.statuspage import Statuspage
from tests.activities import sends
from tests.activities.conftest import STATUSPAGE_TOKEN
from tests.activities.sends import INCIDENT
from tests.sandbox_server import SandboxServer


async def incidents(sandbox: SandboxServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.state())["statuspage_incidents"]
    return found


async def updates(sandbox: SandboxServer) -> list[tuple[str, str]]:
    """Oldest first."""
    (incident,) = await incidents(sandbox)
    return [(update["status"], update["body"]) for update in reversed(incident["incident_updates"])]


async def test_an_incident_lives_on_the_page_from_investigating_to_resolved(
    statuspage: Statuspage, sandbox: SandboxServer
) -> None:
    receipt = await statuspage.publish(
        sends.publish(subject="Checkout is down", text="looking"), may_have_been_sent=False
    )
    for status, text in [("identified", "found"), ("monitoring", "fixed"), ("resolved", "over")]:
        same = await statuspage.publish(sends.publish(status, receipt.reference, text=text), may_have_been_sent=False)
        assert same.reference == receipt.reference
    (incident,) = await incidents(sandbox)
    assert (incident["id"], incident["name"], incident["status"]) == (receipt.reference, "Checkout is down", "resolved")
    assert incident["metadata"] == {"tocsin": {"incident": INCIDENT}}
    assert await updates(sandbox) == [
        ("investigating", "looking"),
        ("identified", "found"),
        ("monitoring", "fixed"),
        ("resolved", "over"),
    ]


async def test_an_update_whose_incident_is_not_known_finds_it_by_our_id(
    statuspage: Statuspage, sandbox: SandboxServer
) -> None:
    await statuspage.publish(sends.publish(incident="another"), may_have_been_sent=False)
    created = await statuspage.publish(sends.publish(), may_have_been_sent=False)
    found = await statuspage.publish(sends.publish("identified", text="found"), may_have_been_sent=False)
    assert found.reference == created.reference
    assert len(await incidents(sandbox)) == 2


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("status", ["identified", "resolved"])
async def test_an_update_that_was_not_confirmed_is_published_once(
    statuspage: Statuspage, sandbox: SandboxServer, known: bool, status: str
) -> None:
    created = await statuspage.publish(sends.publish(text="looking"), may_have_been_sent=False)
    update = sends.publish(status, created.reference if known else None, text="news")
    await sandbox.fault(vendor="statuspage", match="news", drop="after", times=1)
    with pytest.raises(Unavailable):
        await statuspage.publish(update, may_have_been_sent=False)
    await statuspage.publish(update, may_have_been_sent=True)
    assert await updates(sandbox) == [("investigating", "looking"), (status, "news")]


async def test_the_same_words_as_an_hour_ago_are_news(statuspage: Statuspage, sandbox: SandboxServer) -> None:
    created = await statuspage.publish(sends.publish(text="still looking"), may_have_been_sent=False)
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    again = sends.publish("investigating", created.reference, text="still looking", first_started_at=in_an_hour)
    await statuspage.publish(again, may_have_been_sent=True)
    assert await updates(sandbox) == [("investigating", "still looking")] * 2


async def test_the_key_goes_in_the_header_and_nowhere_else(statuspage: Statuspage, sandbox: SandboxServer) -> None:
    await statuspage.publish(sends.publish(), may_have_been_sent=False)
    assert STATUSPAGE_TOKEN not in str(await sandbox.wire("statuspage"))


async def test_a_page_for_people_is_not_statuspages_answer(sandbox: SandboxServer) -> None:
    behind_a_login = Statuspage("key", "p1", f"{sandbox.url}/?")
    with pytest.raises(Unavailable, match="not understood"):
        await behind_a_login.publish(sends.publish(), may_have_been_sent=False)


async def asked(sandbox: SandboxServer) -> list[str]:
    return [entry["method"] for entry in await sandbox.wire(vendor="statuspage")]


@pytest.mark.parametrize(
    ("nothing_there", "may_have_been_sent", "requests"),
    [
        (True, False, ["POST"]),
        # An attempt of this message may have got through.
        (True, True, ["GET", "POST"]),
        # Another message of this incident may have.
        (False, False, ["GET", "POST"]),
    ],
)
async def test_nobody_looks_for_what_cannot_be_there(
    statuspage: Statuspage, sandbox: SandboxServer, nothing_there: bool, may_have_been_sent: bool, requests: list[str]
) -> None:
    await statuspage.publish(sends.publish(nothing_there=nothing_there), may_have_been_sent=may_have_been_sent)
    assert await asked(sandbox) == requests


WRONG, RIGHT = "All data is lost.", "Some data is late."
MARKED = r"Some data is late\.\n\nCorrected \d{4}-\d\d-\d\d \d\d:\d\d UTC"


async def wrong_words(statuspage: Statuspage) -> str:
    """They stand there, between others."""
    receipt = await statuspage.publish(sends.publish(text="looking"), may_have_been_sent=False)
    for status, words in (("identified", WRONG), ("monitoring", "fixed")):
        await statuspage.publish(sends.publish(status, receipt.reference, text=words), may_have_been_sent=False)
    assert receipt.reference
    return receipt.reference


@pytest.mark.parametrize("known", [True, False])
async def test_words_are_changed_where_they_stand_and_marked(
    statuspage: Statuspage, sandbox: SandboxServer, known: bool
) -> None:
    page = await wrong_words(statuspage)
    change = sends.correction("k/publish/2", WRONG, page if known else None, text=RIGHT)
    assert (await statuspage.publish(change, may_have_been_sent=False)).reference == page
    (first, second, third) = await updates(sandbox)
    assert (first, third) == (("investigating", "looking"), ("monitoring", "fixed"))
    assert second[0] == "identified"
    assert re.fullmatch(MARKED, second[1])
    said = (await sandbox.wire("statuspage"))[-1]["body"]["incident_update"]
    assert said["deliver_notifications"] is False


async def test_a_correction_that_was_not_confirmed_is_made_once(statuspage: Statuspage, sandbox: SandboxServer) -> None:
    """Although the same wrong words stand there twice: the other update is of before."""
    page = await wrong_words(statuspage)
    await statuspage.publish(sends.publish("monitoring", page, text=WRONG), may_have_been_sent=False)
    change = sends.correction("k/publish/4", WRONG, page, text=RIGHT)
    await sandbox.fault(vendor="statuspage", match=RIGHT, drop="after", times=1)
    with pytest.raises(Unavailable):
        await statuspage.publish(change, may_have_been_sent=False)
    assert (await statuspage.publish(change, may_have_been_sent=True)).note == "it was already there"
    bodies = [body for _, body in await updates(sandbox)]
    assert bodies[:3] == ["looking", WRONG, "fixed"]
    assert re.fullmatch(MARKED, bodies[3])


async def test_what_was_corrected_can_be_corrected_again(statuspage: Statuspage, sandbox: SandboxServer) -> None:
    page = await wrong_words(statuspage)
    for before, words in ((WRONG, "Some."), ("Some.", RIGHT)):
        await statuspage.publish(sends.correction("k", before, page, text=words), may_have_been_sent=False)
    bodies = [body for _, body in await updates(sandbox)]
    assert re.fullmatch(MARKED, bodies[1])


async def test_words_that_were_too_long_to_be_kept_whole_are_found(
    statuspage: Statuspage, sandbox: SandboxServer
) -> None:
    created = await statuspage.publish(sends.publish(text="x" * 900), may_have_been_sent=False)
    change = sends.correction("k", f"{'x' * 490}…", created.reference, text=RIGHT)
    await statuspage.publish(change, may_have_been_sent=False)
    assert re.fullmatch(MARKED, (await updates(sandbox))[0][1])


@pytest.mark.parametrize("published", [True, False])
async def test_what_somebody_has_changed_there_is_left_to_people(
    statuspage: Statuspage, sandbox: SandboxServer, published: bool
) -> None:
    if published:
        await wrong_words(statuspage)
    with pytest.raises(Rejected, match="does not stand on the status page"):
        await statuspage.publish(sends.correction("k", "of somebody's own", text=RIGHT), may_have_been_sent=False)
    assert RIGHT not in str(await incidents(sandbox))
