"""`tocsin runbook preview`: what each option does, what it prints, and what it says to what cannot be."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.starter.book import ACME
from tests.tocsin.conftest import Tocsin

BOOK = (
    ACME
    + """\
  sev4:
    title: Question
    definition: somebody asks
    escalation: [{page: [on-call]}]
    duties:
      - {id: by-night, kind: nag, template: checklist, owner: commander, when: {off_hours: true}}
      - {id: pay, kind: nag, template: checklist, owner: commander, when: {labels: {team: payments}}}
      - {id: hush, kind: nag, template: checklist, owner: commander, when: {flags: [security]}}
flags: [security]
"""
)
AT = ("--at", "2026-03-02T09:00:00Z")


@pytest.fixture
def book(alone: Path) -> str:
    (alone / "acme.yaml").write_text(BOOK, encoding="utf-8")
    return "acme.yaml"


async def foreseen(tocsin: Tocsin, *words: str) -> list[dict[str, object]]:
    answer = await tocsin("runbook", "preview", *words, "--json")
    assert (answer.code, answer.err) == (0, "")
    lines = json.loads(answer.out)
    assert isinstance(lines, list)
    return lines


def pages(lines: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(line["offset_s"], line["to"]) for line in lines if line["kind"] == "page"]


async def test_programs_get_a_list_by_time_of_lines_with_these_fields(tocsin: Tocsin, book: str) -> None:
    lines = await foreseen(tocsin, book, "--severity", "sev1", *AT, "--until", "15m")
    assert {tuple(line) for line in lines} == {("offset_s", "kind", "to", "duty", "reason", "text")}
    assert [line["offset_s"] for line in lines] == sorted(int(str(line["offset_s"])) for line in lines)
    assert pages(lines) == [(0, ["on-call"]), (300, ["on-call"]), (600, ["on-call"]), (900, ["boss"])]


async def test_a_runbook_is_named_by_its_file_or_by_its_name(tocsin: Tocsin, book: str) -> None:
    by_file = await foreseen(tocsin, book, "--severity", "sev1", *AT)
    assert await foreseen(tocsin, "acme", "--severity", "sev1", *AT) == by_file


async def test_without_more_nobody_answers_for_a_day(tocsin: Tocsin, book: str) -> None:
    offsets = [int(str(line["offset_s"])) for line in await foreseen(tocsin, book, "--severity", "sev1", *AT)]
    assert 23 * 3600 < max(offsets) <= 24 * 3600


async def test_an_acknowledgement_stops_the_ladder_and_a_resolution_the_rest(tocsin: Tocsin, book: str) -> None:
    answered = await foreseen(tocsin, book, "--severity", "sev1", *AT, "--ack", "7m", "--resolve", "95m")
    assert pages(answered) == [(0, ["on-call"]), (300, ["on-call"])]
    updates = [line["offset_s"] for line in answered if str(line["duty"]).startswith("update/")]
    assert updates == [1800, 3600, 5400]


@pytest.mark.parametrize(
    ("words", "duties"),
    [
        pytest.param((), set(), id="nothing holds"),
        pytest.param(("--at", "2026-03-07T02:00:00Z"), {"by-night"}, id="--at decides what the hour decides"),
        pytest.param(("--at", "2026-03-02T18:30:00+02:00"), set(), id="--at may name a zone"),
        pytest.param(("--at", "2026-03-02T18:30:00"), {"by-night"}, id="and is by the runbook's clock if it does not"),
        pytest.param(("--label", "team=payments"), {"pay"}, id="--label"),
        pytest.param(("--flag", "security"), {"hush"}, id="--flag"),
        pytest.param(
            ("--flag", "security", "--label", "a=b=c", "--label", "team=payments"), {"hush", "pay"}, id="more"
        ),
    ],
)
async def test_each_option_decides_what_it_decides_live(
    tocsin: Tocsin, book: str, words: tuple[str, ...], duties: set[str]
) -> None:
    lines = await foreseen(tocsin, book, "--severity", "sev4", *AT, *words, "--until", "1h")
    shown = {str(line["duty"]).split("/")[1] for line in lines if str(line["duty"]).startswith("duty/")}
    assert shown == duties


@pytest.mark.parametrize("columns", [60, 80, 132])
async def test_people_can_read_every_reason_whole(
    tocsin: Tocsin, book: str, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    answer = await tocsin("runbook", "preview", book, "--severity", "sev1", *AT, "--until", "20m")
    rows = answer.out.splitlines()
    assert all(len(row) <= columns for row in rows)
    for line in await foreseen(tocsin, book, "--severity", "sev1", *AT, "--until", "20m"):
        for word in str(line["reason"]).split():
            assert word in answer.out
    shown = answer.out if columns == 132 else answer.out.replace("…", "cut")
    assert "cut" not in shown


async def test_people_see_the_wall_clock_of_the_runbook_and_where_a_day_begins(tocsin: Tocsin, alone: Path) -> None:
    (alone / "berlin.yaml").write_text(BOOK + "calendar: {zone: Europe/Berlin}\n", encoding="utf-8")
    autumn = ("--at", "2026-10-25T00:10:00Z", "--until", "50m")
    rows = (await tocsin("runbook", "preview", "berlin.yaml", "--severity", "sev1", *autumn)).out.splitlines()
    assert rows[0] == "Acme's procedure"
    assert rows[1].startswith("SEV-1 declared Sun 2026-10-25 02:10 Europe/Berlin")
    update = next(row for row in rows if "an update is due every 30m" in row)
    assert update.split()[:2] == ["30m", "02:40:00"]


async def test_a_picture_has_a_lane_for_each_audience(tocsin: Tocsin, book: str, alone: Path) -> None:
    answered = ("--ack", "7m", "--resolve", "8m")
    drawing = ("runbook", "preview", book, "--severity", "sev1", *AT, *answered, "--svg", "acme.svg")
    answer = await tocsin(*drawing)
    assert (answer.code, answer.out) == (0, "wrote acme.svg\n")
    drawn = (alone / "acme.svg").read_text(encoding="utf-8")
    written = [text.text for text in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Acme's procedure", "Phones", "Roles", "#incidents", "acknowledged", "resolved"} <= set(written)
    await tocsin(*drawing)
    assert (alone / "acme.svg").read_text(encoding="utf-8") == drawn


async def test_names_that_would_lie_on_each_other_lean_apart(tocsin: Tocsin, book: str, alone: Path) -> None:
    for resolve, anchors in {"0m": ["end", "start"], "5h": ["middle", "middle"]}.items():
        answered = ("--ack", "0m", "--resolve", resolve, "--svg", "acme.svg")
        await tocsin("runbook", "preview", book, "--severity", "sev1", *AT, *answered)
        texts = ET.parse(alone / "acme.svg").iter("{http://www.w3.org/2000/svg}text")
        assert [t.get("text-anchor") for t in texts if t.text in ("acknowledged", "resolved")] == anchors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("acme.yaml", "--severity", "sev3"), "the runbook acme has no sev3: choose one of sev1, sev2, sev4"),
        (("acme.yaml", "--severity", "sev1", "--at", "soon"), "--at soon: write the time like 2026-11-21T02:00:00Z"),
        (("acme.yaml", "--severity", "sev1", "--at", "9999-12-31T23:59:59Z"), "--at 9999-12-31: choose a day in"),
        (("acme.yaml", "--severity", "sev1", "--at", "0001-01-01T00:00:00+01:00"), "--at 0001-01-01T00:00:00+01:00: "),
        (("acme.yaml", "--severity", "sev1", "--label", "team"), "--label team: write it NAME=VALUE"),
        (("acme.yaml", "--severity", "sev1", "--flag", "secure"), "'secure' is not a flag of the runbook acme: choose"),
        (("acme.yaml", "--severity", "sev1", "--ack", "7"), "--ack 7: a duration is written like 15m"),
        (("acme.yaml", "--severity", "sev1", "--ack", "9m", "--resolve", "7m"), "--ack comes after --resolve"),
        (("acme.yaml", "--severity", "sev1", "--until", "61d"), "61d is too far ahead: at most 60d"),
        (("acme.yaml", "--severity", "sev1", "--until", "9999d"), "--until 9999d: a duration is at most 3650d"),
        (("acme.yaml", "--severity", "sev1", "--svg", "no/where.svg"), "no/where.svg cannot be written"),
        (("acme.yaml", "--severity", "sev1", "--svg", "a.svg", "--json"), "--svg and --json: one of them at a time"),
        (("gone.yaml", "--severity", "sev1"), "gone.yaml: there is no such file"),
        (("nobody", "--severity", "sev1"), "there is no runbook 'nobody'; there is: acme"),
        (("bad.yaml", "--severity", "sev1"), "bad.yaml:2:1: expected the node content"),
    ],
)
async def test_what_cannot_be_is_said_in_one_line(
    tocsin: Tocsin, book: str, alone: Path, words: tuple[str, ...], said: str
) -> None:
    (alone / "bad.yaml").write_text("runbook: [\n", encoding="utf-8")
    answer = await tocsin("runbook", "preview", *words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(said)
