"""Tocsin's own status page: it says how things stand, to people, feeds and programs; whatever stands in it is text."""

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from starter.public_page.feed import ATOM
from starter.public_page.site import site
from starter.public_page.standing import PageIdentity, PublicStanding
from tests.starter.public_pages import ACME, OVER, PAYMENTS_FAIL, SERVICES, ago, planned, said, standing
from workflows.policy.incident.events import Event
from workflows.policy.watches.public_page import CorrectedInPublic, SaidInPublic

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}' </textarea></title>]]><!--"""
UNPRINTABLE = "\x00\x1b[31m\u202etxt.exe\u2066"


class Seen(HTMLParser):
    """What a browser makes of a page: its text, and what could run or load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(*events: Event, path: str = "index.html", **more: Any) -> str:
    return site(standing(*events, **more), ACME)[path].body.decode()


def words(*events: Event, **more: Any) -> str:
    return re.sub(r"\s+", " ", Seen(page(*events, **more)).text)


def summary(*events: Event, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page(*events, path="api/v2/summary.json", **more))
    return found


def entries(*events: Event, **more: Any) -> list[ElementTree.Element]:
    return ElementTree.fromstring(page(*events, path="feed.atom", **more)).findall(f"{{{ATOM}}}entry")


@pytest.mark.parametrize(
    ("events", "indicator", "sentence"),
    [
        ((), "none", "All Systems Operational"),
        (OVER, "none", "All Systems Operational"),
        (PAYMENTS_FAIL, "major", "Partial System Outage"),
        ((said(1, "x", impact="critical"), *PAYMENTS_FAIL), "critical", "Major Service Outage"),
        ((said(1, "x", impact="minor"),), "minor", "Minor Service Outage"),
        ((said(1, "x"),), "none", "A problem is being looked into"),
        ((planned(-10, 10),), "maintenance", "Service Under Maintenance"),
        ((planned(10, 20),), "none", "All Systems Operational"),
        ((planned(-20, -10),), "none", "All Systems Operational"),
    ],
)
def test_one_sentence_says_how_things_stand(events: tuple[Event, ...], indicator: str, sentence: str) -> None:
    events = tuple(event for event in events if event)
    assert summary(*events)["status"] == {"indicator": indicator, "description": sentence}
    assert sentence in words(*events)


def test_a_service_is_affected_for_as_long_as_an_incident_that_names_it_goes_on() -> None:
    def states(*events: Event) -> dict[str, str]:
        return {each["name"]: each["status"] for each in summary(*events)["components"]}

    other = said(5, "x", incident="dd44", impact="minor", components=("Payments", "Logins"))
    resolved = said(1, "over", "resolved", impact="major", components=("Payments",))
    assert states() == dict.fromkeys(SERVICES, "operational")
    assert states(*PAYMENTS_FAIL)["Payments"] == "partial_outage"
    assert states(*PAYMENTS_FAIL, other)["Payments"] == "partial_outage"
    assert states(*PAYMENTS_FAIL, other, resolved) == {
        "Payments": "degraded_performance",
        "Search": "operational",
        "Logins": "degraded_performance",
    }
    assert states(planned(-1, 5, components=("Search",)))["Search"] == "under_maintenance"


def test_people_read_the_newest_words_first_and_when_they_were_said() -> None:
    text = words(*PAYMENTS_FAIL, *OVER, planned(600, 720, components=("Search",)))
    assert "Identified 27 Nov 2026, 13:39 UTC A change of this morning" in text
    assert text.index("A change of this morning") < text.index("We are looking into failing card payments.")
    assert "Affects Payments" in text
    assert "Scheduled 28 Nov 2026, 00:00 UTC to 28 Nov 2026, 02:00 UTC" in text
    assert "24 November 2026 Slow search" in text
    assert "26 November 2026 No incidents." in text
    assert "As of 27 Nov 2026, 14:00 UTC" in text


def test_the_history_has_what_the_last_two_weeks_do_not_show() -> None:
    old = said(60 * 24 * 40, "long ago", "resolved", incident="ee55", name="Long ago")
    assert "Long ago" not in words(old)
    assert "Long ago" in words(old, path="history.html")


def test_programs_find_the_shape_that_statuspage_has() -> None:
    found = summary(*PAYMENTS_FAIL, *OVER, planned(600, 720, components=("Search",)))
    assert set(found) == {"page", "components", "incidents", "scheduled_maintenances", "status"}
    assert set(found["page"]) == {"id", "name", "url", "time_zone", "updated_at"}
    (incident,) = found["incidents"]  # those that are over are not there, as with Statuspage
    assert incident["impact"] == "major"
    assert [update["status"] for update in incident["incident_updates"]] == ["identified", "investigating"]
    assert [each["name"] for each in incident["components"]] == ["Payments"]
    assert incident["shortlink"] == "https://status.acme.example/#aa11"
    (maintenance,) = found["scheduled_maintenances"]
    assert (maintenance["scheduled_for"], maintenance["scheduled_until"], maintenance["status"]) == (
        "2026-11-28T00:00:00.000Z",
        "2026-11-28T02:00:00.000Z",
        "scheduled",
    )


class TestFeed:
    """RFC 4287, sections 4.1.1 and 4.1.2."""

    def test_it_has_what_a_feed_must_have(self) -> None:
        root = ElementTree.fromstring(page(*PAYMENTS_FAIL, path="feed.atom"))
        assert root.tag == f"{{{ATOM}}}feed"
        for required in ("id", "title", "updated"):
            assert len(root.findall(f"{{{ATOM}}}{required}")) == 1
        assert root.find(f"{{{ATOM}}}author/{{{ATOM}}}name") is not None
        assert {link.get("rel") for link in root.findall(f"{{{ATOM}}}link")} == {"self", "alternate"}
        for entry in root.findall(f"{{{ATOM}}}entry"):
            for required in ("id", "title", "updated", "content"):
                assert len(entry.findall(f"{{{ATOM}}}{required}")) == 1
            assert (entry.findtext(f"{{{ATOM}}}id") or "").startswith("urn:uuid:")
            assert datetime.fromisoformat(entry.findtext(f"{{{ATOM}}}updated") or "").tzinfo

    def test_an_entry_stays_the_same_while_news_of_it_come(self) -> None:
        (before,), (after,) = entries(PAYMENTS_FAIL[0]), entries(*PAYMENTS_FAIL)
        assert before.findtext(f"{{{ATOM}}}id") == after.findtext(f"{{{ATOM}}}id")
        assert (before.findtext(f"{{{ATOM}}}updated") or "") < (after.findtext(f"{{{ATOM}}}updated") or "")

    def test_a_maintenance_is_news_when_it_is_announced_and_when_it_begins_and_ends(self) -> None:
        moments = [entries(planned(begins, begins + 10))[0].findtext(f"{{{ATOM}}}updated") for begins in (5, -5, -20)]
        assert moments == ["2026-11-27T04:00:00Z", "2026-11-27T13:55:00Z", "2026-11-27T13:50:00Z"]

    def test_without_an_address_it_has_no_links_and_is_whole(self) -> None:
        made = site(standing(*PAYMENTS_FAIL), PageIdentity("Acme"))["feed.atom"].body
        assert ElementTree.fromstring(made).findall(f".//{{{ATOM}}}link") == []


class TestHostile:
    def hostile(self, text: str) -> PublicStanding:
        return standing(
            said(9, text, name=text, components=(text,)),
            said(8, text, "resolved", incident="ff66", name=text, components=(text,)),
            planned(5, 9, name=text, components=(text,)),
            services=(text,),
        )

    def test_nothing_that_stands_there_is_markup(self) -> None:
        files = site(self.hostile(EVIL), PageIdentity(EVIL, "https://status.acme.example"))
        for path in ("index.html", "history.html"):
            found = Seen(files[path].body.decode())
            assert not {"script", "img", "iframe", "style", "form", "object"} & set(found.tags)
            assert not {name for name, _ in found.attributes if name.startswith("on") or name == "style"}
            assert "49" not in found.text.replace("14:00", "")
        assert "<script" not in files["feed.atom"].body.decode()
        ElementTree.fromstring(files["feed.atom"].body)
        assert json.loads(files["api/v2/summary.json"].body)["components"][0]["name"] == EVIL

    def test_what_does_not_print_hides_nothing_and_breaks_nothing(self) -> None:
        files = site(self.hostile(UNPRINTABLE), ACME)
        for file in files.values():
            assert not set("\x00\x1b\u202e\u2066") & set(file.body.decode())
        ElementTree.fromstring(files["feed.atom"].body)
        json.loads(files["api/v2/summary.json"].body)

    def test_nothing_is_loaded_from_elsewhere(self) -> None:
        for path in ("index.html", "history.html"):
            loaded = [
                value
                for name, value in Seen(page(*PAYMENTS_FAIL, *OVER, path=path)).attributes
                if name in ("src", "href")
            ]
            assert not [address for address in loaded if "//" in address]


def test_words_that_took_the_place_of_others_are_marked_everywhere_and_those_are_gone() -> None:
    wrong = said(48, "All data is lost.")
    assert isinstance(wrong, SaidInPublic)
    change = CorrectedInPublic(at=ago(30), id="c1", incident="aa11", update=wrong.id, text="Some is late.")
    record = words(wrong, change)
    assert "Investigating 27 Nov 2026, 13:12 UTC corrected at 27 Nov 2026, 13:30 UTC Some is late." in record
    (entry,) = entries(wrong, change)
    assert entry.findtext(f"{{{ATOM}}}updated") == "2026-11-27T13:30:00Z"
    assert "13:12 UTC, corrected at 2026-11-27 13:30 UTC" in (entry.findtext(f"{{{ATOM}}}content") or "")
    (update,) = summary(wrong, change)["incidents"][0]["incident_updates"]
    assert (update["created_at"], update["updated_at"]) == ("2026-11-27T13:12:00.000Z", "2026-11-27T13:30:00.000Z")
    for path in ("index.html", "history.html", "feed.atom", "api/v2/summary.json"):
        assert "All data is lost" not in page(wrong, change, path=path)
