"""`tocsin report`: from what Temporal has kept, with no worker."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from starter.pictures.report import picture
from starter.pictures.spans import took
from starter.report.counting import counted, figures
from starter.report.figures import ReportFigures
from starter.runbooks.library import load
from starter.temporal import pages
from starter.temporal.incidents import Incidents
from starter.temporal.results import Past
from starter.temporal.reviews import Reviews
from tests.starter.conftest import eventually
from tests.starter.test_counting import DAY, T0, record, summary
from tests.tocsin.conftest import Tocsin
from tocsin import output
from tocsin.view.report import report
from workflows.durable.memos import RECORD_MEMO
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.page_statistics import PageStatistics
from workflows.policy.review.summary import ClosedReview as ReviewRecord
from workflows.policy.views.summary import ClosedIncident

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime.now(UTC)
DAYS_AGO = (NOW - T0) / DAY
HOSTILE = "</text><script>alert(1)</script> \x1b[31m"


async def ended(client: Client, *records: ClosedIncident) -> None:
    """They closed and left these, as far as a list can tell."""
    for number, each in enumerate(records):
        handle = await client.start_workflow(
            "incident", id=f"incident-test-{number}", task_queue="nobody", memo={RECORD_MEMO: each}
        )
        await handle.terminate()
    await eventually(
        lambda: Incidents(client).list(include_closed=True),
        lambda seen: sum(not each.open for each in seen) == len(records),
    )


async def test_it_counts_what_has_closed_and_what_is_open(tocsin: Tocsin, client: Client) -> None:
    await tocsin("declare", "Search is slow", "--severity", "sev2", "--service", "search")  # nobody works: exit code 2
    await ended(client, record(DAYS_AGO - 1), record(DAYS_AGO - 2, drill=True), record(DAYS_AGO - 40))
    answer = await tocsin("report")
    assert answer.code == 0
    assert answer.err == ""
    assert "2 incidents, 1 still open; left out: 1 drill" in answer.out
    assert re.search(r"^SEV-1 +1 +5m +5m +1h +1h", answer.out, re.MULTILINE)
    assert re.search(r"^search +1 +1 *$", answer.out, re.MULTILINE)


async def test_an_open_drill_is_left_out(tocsin: Tocsin, client: Client, alone: Path) -> None:
    book = load(alone / "books").runbooks["acme"]
    drill = OpenRequest(runbook=book, severity="sev1", title="A drill", speed=60)
    await Incidents(client).declare(drill)
    await eventually(Incidents(client).list)
    answer = await tocsin("report", "--json")
    seen = ReportFigures.model_validate_json(answer.out)
    assert (seen.total.incidents, seen.left_out.drills) == (0, 1)


async def test_as_json_it_is_the_figures(tocsin: Tocsin, client: Client) -> None:
    await ended(client, record(DAYS_AGO - 1), record(DAYS_AGO - 1, runbook="other"))
    answer = await tocsin("report", "--since", "2d", "--runbook", "company", "--json")
    seen = ReportFigures.model_validate_json(answer.out)
    assert (seen.total.incidents, seen.total.acknowledge.median_s) == (1, 300)
    assert seen.until - seen.since == timedelta(days=2)


async def test_nothing_is_said_to_be_nothing(tocsin: Tocsin, client: Client) -> None:
    answer = await tocsin("report", "--since", "2026-01-01", "--until", "2026-02-01")
    assert answer.out.splitlines() == ["Incidents from 2026-01-01 00:00 to 2026-02-01 00:00 UTC", "no incident"]


async def test_it_draws_a_file(tocsin: Tocsin, client: Client, tmp_path: Path) -> None:
    await ended(client, record(DAYS_AGO - 1))
    answer = await tocsin("report", "--svg", str(tmp_path / "report.svg"))
    assert answer.out == f"wrote {tmp_path / 'report.svg'}\n"
    assert ET.parse(tmp_path / "report.svg").getroot().tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--since soon", "--since soon: write the time like 2026-11-21T02:00:00Z"),
        ("--since 3dd", "--since 3dd: a duration is written like 15m, 2h, 1h 30m or 3d"),
        ("--since 1d --until 2d", "--since 1d is not before the end"),
        ("--json --svg x.svg", "--svg and --json: one of them at a time"),
    ],
)
async def test_what_is_badly_put_is_said_before_anything_is_read(tocsin: Tocsin, words: str, says: str) -> None:
    answer = await tocsin("report", *words.split())
    assert answer.code == 1
    assert says in answer.err


async def test_all_pages_of_a_long_list_are_read_and_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_A_TIME", 2)
    await ended(client, *(record(DAYS_AGO - 1, incident=f"i{number}") for number in range(5)))
    told: list[int] = []
    past = await Incidents(client).ended(NOW - DAY, told.append)
    assert sorted(each.incident for each in past.records) == ["i0", "i1", "i2", "i3", "i4"]
    assert told == [1, 2, 3, 4, 5]


async def test_of_more_than_can_be_read_the_oldest_are_left_out_and_counted(
    tocsin: Tocsin, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "READ_MOST", 2)
    await ended(client, *(record(DAYS_AGO - 1, incident=f"i{number}") for number in range(5)))
    past = await Incidents(client).ended(NOW - DAY, lambda _: None)
    assert {each.incident for each in past.records} == {"i3", "i4"}
    answer = await tocsin("report")
    assert "2 incidents; left out: the 3 oldest, which were not read: choose a shorter time" in answer.out


async def test_open_ones_and_reviews_are_bounded_alike(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "READ_MOST", 1)
    known = Incidents(client)
    for number, kind in enumerate(("incident", "incident", "review", "review", "review")):
        await client.start_workflow(kind, id=f"{kind}-{number}", task_queue="nobody")
    await eventually(lambda: known.begun(NOW), lambda seen: (len(seen.rows), seen.unread) == (1, 1))
    reviewed = await eventually(lambda: Reviews(known).records(NOW), lambda seen: seen.unread == 2)
    assert reviewed.rows == ()  # without a record


async def test_what_was_terminated_left_no_record(client: Client, tocsin: Tocsin) -> None:
    await tocsin("declare", "Search is slow", "--severity", "sev2")
    [one] = await eventually(Incidents(client).list)
    await client.get_workflow_handle(one.workflow_id).terminate()
    await eventually(Incidents(client).list, lambda seen: not seen)
    answer = await tocsin("report", "--json")
    assert json.loads(answer.out)["left_out"] == {"cancelled": 0, "drills": 0, "unrecorded": 1, "unread": 0}


async def test_reviews_are_found_open_and_closed_by_their_records(client: Client) -> None:
    at = NOW - 2 * DAY
    for number, close in enumerate((False, True)):
        kept = ReviewRecord(
            incident=f"i{number}", severity="sev1", runbook="company", title="t", opened_at=at, kind="required"
        )
        memo = {RECORD_MEMO: kept}
        handle = await client.start_workflow("review", id=f"review-i{number}", task_queue="nobody", memo=memo)
        if close:
            await handle.terminate()
    known = Reviews(Incidents(client))
    found = await eventually(lambda: known.records(at), lambda seen: len(seen.rows) == 2)
    assert {each.incident for each in found.rows} == {"i0", "i1"}
    assert [each.incident for each in (await known.records(NOW + DAY)).rows] == ["i0"]


class TestInWords:
    def said(self, *records: ClosedIncident, reviews: tuple[ReviewRecord, ...] = ()) -> str:
        seen = figures(Past(records=records), [summary(severity="sev4")], reviews, T0, T0 + 30 * DAY)
        with output.out.capture() as capture:
            output.out.print(report(seen), width=80)
        return capture.get()

    def test_the_longest_words_fit_a_terminal_of_80_columns(self) -> None:
        long = record(
            service="payments-gateway-of-europe", ack=3599, mitigated=31 * 24 * 60 - 60, resolved=31 * 24 * 60 - 1,
            tally=PageStatistics(pages=9999, lost=999, late=999, latest=29 * DAY, tier=3, unanswered=1, forgotten=1),
        )  # fmt: skip
        lines = self.said(long, long, record(severity="sev2", gravest="sev2")).splitlines()
        assert max(map(len, lines)) <= 80
        assert "2d 11h" in lines[4]
        assert any(line.startswith("payments-gate… ") for line in lines)

    def test_ten_services_are_shown_and_the_others_counted(self) -> None:
        records = [record(service=f"s{n:02}") for n in range(12) for _ in range(20 - n)]
        said = self.said(*records)
        assert "s08" in said  # and `no service`, which the open one is of, comes last
        assert "and 20 incidents of 3 more services" in said

    def test_what_followed_is_said_if_anything_did(self) -> None:
        kept = ReviewRecord(
            incident="i", severity="sev1", runbook="company", title="t", opened_at=T0, kind="required",
            submitted=2, on_time=1, open=3, overdue=1, follow_ups=4, follow_ups_done=2, follow_ups_on_time=2,
        )  # fmt: skip
        said = self.said(record(), reviews=(kept,))
        assert "1 review owed, 0 of them complete" in said
        assert "owed for them: 1 on time, 1 late, 0 waived, 3 open (1 overdue)" in said
        assert "follow-ups: 2 on time, 0 late, 0 waived, 2 open" in said
        assert "review" not in self.said(record())
        assert "follow-up" not in self.said(record())

    def test_what_went_wrong_is_a_sentence_and_what_did_not_is_none(self) -> None:
        bad = PageStatistics(lost=2, tier=2, unanswered=1, forgotten=1)
        said = self.said(record(tally=bad, acknowledged_at=None, openings=2))
        assert "0 acknowledged, 1 over before anybody had" in said
        assert "1 of which no page at all got through" in said
        assert "1 acknowledged, and called out again because nothing followed" in said
        assert "1 reopened" in said
        assert "reopened" not in self.said(record())


class TestThePicture:
    def drawn(self, *records: ClosedIncident, days: int = 30) -> str:
        seen = figures(Past(records=records), [summary()] if records else [], (), T0, T0 + days * DAY)
        return picture(seen, counted(records, seen.since, seen.until))

    def test_it_loads_nothing_and_has_a_title_and_a_description(self) -> None:
        drawn = self.drawn(record())
        root = ET.fromstring(drawn)
        assert root.findtext(f"{SVG}title") == "Incidents from 2026-11-02 00:00 to 2026-12-02 00:00 UTC"
        assert root.findtext(f"{SVG}desc") == "2 incidents, 1 still open"
        assert not re.search(r"href|url\(|<image|<script", drawn)

    def test_each_incident_is_a_dot_for_each_thing_that_was_measured(self) -> None:
        drawn = self.drawn(record(mitigated=20), record(ack=None))
        assert drawn.count("<circle") == 3 + 1

    def test_what_an_alert_says_is_text(self) -> None:
        drawn = self.drawn(record(title=HOSTILE, service=HOSTILE))
        assert "<script" not in drawn
        assert "\x1b" not in drawn
        ET.fromstring(drawn)

    @pytest.mark.parametrize("records", [(), (record(ack=None, resolved=0),)], ids=["none", "one that took no time"])
    def test_little_is_a_picture_too(self, records: tuple[ClosedIncident, ...]) -> None:
        ET.fromstring(self.drawn(*records))

    def test_nothing_is_drawn_outside(self) -> None:
        records = [record(n % 400, ack=0.01, mitigated=10, resolved=10**n) for n in range(6) for _ in range(40)]
        root = ET.fromstring(self.drawn(*records, days=400))
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for shape in root.iter():
            xs = [float(shape.attrib[name]) for name in ("x", "x1", "x2", "cx") if name in shape.attrib]
            ys = [float(shape.attrib[name]) for name in ("y", "y1", "y2", "cy") if name in shape.attrib]
            assert all(0 <= x <= width for x in xs), shape.attrib
            assert all(0 <= y <= height for y in ys), shape.attrib

    def test_the_same_figures_give_the_same_bytes(self) -> None:
        assert self.drawn(record(), record(2)) == self.drawn(record(), record(2))


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(None, ""), (0, "0s"), (0.4, "0s"), (45, "45s"), (130, "2m 10s"), (599, "9m 59s"), (629, "10m"), (3600, "1h"),
     (86399, "23h 59m"), (86400, "1d"), (190800, "2d 5h")],
)  # fmt: skip
def test_durations_are_no_more_exact_than_it_matters(seconds: float | None, written: str) -> None:
    assert took(seconds) == written
