"""`tocsin on-call`: who it is, by a file or by what Temporal keeps; and a swap."""

import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from icalendar import Calendar
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.desk.on_call import written
from starter.desk.on_call_answers import NamedShift, OverrideRequest, PostOnCall, post_title
from starter.desk.temporal_installation import TemporalInstallationDesk
from starter.pictures.rota import NARROW_ROTA, picture
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.shifts import Shifts
from tests.starter.book import ACME
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from tests.workflows.shifts import RotaWorld
from tocsin.library import at as library_at
from tocsin.view.rota import as_ical
from worker.hosting import runner
from workflows.queues import COMMS_QUEUE, WORKFLOW_QUEUE
from workflows.shift import ShiftWorkflow

ROTA = """
runbook: rota
title: A rota
home: "#incidents"
calendar: {zone: Europe/Berlin}
people:
  on-call:
    name: On-call Engineer
    on_call: {rota: [ann, ben], every: 1d, from: 2026-01-01, hand_over: "09:00"}
  far: {name: Far, on_call: {pagerduty: {schedule: PI7DH85}}}
  ann: {name: Ann}
  ben: {name: Ben}
severities:
  sev1: {title: Outage, definition: Nothing works, escalation: [{page: [on-call]}, {page: [far], after: 10m}]}
"""


DAY = timedelta(days=1)


@pytest.fixture
def book(alone: Path) -> Path:
    path = alone / "books" / "rota.yaml"
    path.write_text(ROTA)
    return path


async def test_a_file_says_who_it_is_without_asking_anybody(tocsin: Tocsin, book: Path) -> None:
    said = await tocsin("on-call", "--runbook", str(book), "--json")
    assert said.code == 0, said.err
    written, elsewhere = json.loads(said.out)
    assert written["now"]["name"] in ("Ann", "Ben")
    assert {written["now"]["name"], written["next"]["name"]} == {"Ann", "Ben"}
    assert elsewhere["now"] is None


async def test_a_table_has_a_line_for_each_shift_of_the_week(tocsin: Tocsin, book: Path) -> None:
    said = await tocsin("on-call", "--runbook", str(book))
    assert "not known" in said.out
    assert said.out.count("Ann") + said.out.count("Ben") >= 8


async def test_at_eighty_columns_each_shift_is_one_line(
    tocsin: Tocsin, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = (await tocsin("on-call", "--runbook", str(book))).out.splitlines()
    week = lines[lines.index("On-call Engineer, by the clock of Europe/Berlin") :]
    shifts = week[2 : week.index("")]
    assert len(shifts) == 8
    assert all("09:00" in line and line.split()[-1] in ("Ann", "Ben") for line in shifts)


async def test_two_posts_of_one_name_are_told_apart(tocsin: Tocsin, book: Path, alone: Path) -> None:
    alike = ROTA.replace("runbook: rota", "runbook: other").replace("pagerduty: {schedule: PI7DH85}", "ical: /no")
    (alone / "books" / "other.yaml").write_text(alike)
    posts = [post for name in ("rota", "other") for post in written(library_at(str(alone / "books" / f"{name}.yaml")),
             datetime.now(UTC), timedelta(days=7))]  # fmt: skip
    titles = [post_title(post, posts) for post in posts]
    assert titles == ["On-call Engineer (rota)", "Far (rota)", "On-call Engineer (other)", "Far (other)"]
    drawn = picture(posts, datetime.now(UTC), timedelta(days=7))
    assert all(f">{name}<" in drawn for name in ("rota", "other"))


async def test_whoever_is_on_two_rotas_has_one_colour() -> None:
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    first, second = (
        PostOnCall(
            runbook="acme", post=post, name=post, zone="UTC", now=None, next=None, shifts=tuple(
                NamedShift(who=who, name=who, begins_at=begin + day * DAY, ends_at=begin + (day + 1) * DAY)
                for day, who in enumerate(people)
            )
        )
        for post, people in (("day", ("ann", "ben")), ("night", ("ben", "ann")))
    )  # fmt: skip
    drawn = picture([first, second], begin, timedelta(days=7))
    bars = re.findall(r'<rect class="(turn\d)".*?<title>(\w+):', drawn)
    assert len(bars) == 4
    assert len(set(bars)) == 2


async def test_a_night_s_shift_has_its_name_on_the_picture() -> None:
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    night = NamedShift(who="cho", name="Cho Park", begins_at=begin, ends_at=begin + timedelta(hours=12))
    post = PostOnCall(runbook="acme", post="p", name="P", zone="UTC", now=night, next=None, shifts=(night,))
    assert ">Cho Park</text>" in picture([post], begin, timedelta(days=7))


def test_on_a_phone_names_stand_above_their_rows_and_nothing_lies_outside() -> None:
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    week = NamedShift(who="cho", name="Cho Park", begins_at=begin, ends_at=begin + 7 * DAY)
    posts = [
        PostOnCall(runbook="acme", post=name, name=name, zone="UTC", now=week, next=None, shifts=(week,))
        for name in ("Database administrators", "Nights")
    ]
    drawn = picture(posts, begin + DAY, 7 * DAY, begin, NARROW_ROTA)
    assert f'viewBox="0 0 {NARROW_ROTA} ' in drawn
    assert all(0 <= float(x) <= NARROW_ROTA for x in re.findall(r' x[12]?="([0-9.-]+)"', drawn))
    assert all(f">{said}</text>" in drawn for said in ("Database administrators", "Nights", "Mo 23", "Su 29"))
    names, bars = (
        [float(y) for y in re.findall(found, drawn)]
        for found in (r'class="name" x="16" y="([0-9.]+)"', r'class="turn0" x="[0-9.]+" y="([0-9.]+)"')
    )
    assert [names[0] < bars[0], bars[0] < names[1], names[1] < bars[1]] == [True] * 3


async def test_a_picture_draws_each_shift_and_loads_nothing(tocsin: Tocsin, book: Path, alone: Path) -> None:
    assert (await tocsin("on-call", "--runbook", str(book), "--svg", "rota.svg")).code == 0
    drawn = (alone / "rota.svg").read_text()
    assert drawn.count("<rect") >= 8
    assert "On-call Engineer" in drawn
    assert "href" not in drawn


async def test_a_calendar_has_an_event_for_each_shift(tocsin: Tocsin, book: Path, alone: Path) -> None:
    assert (await tocsin("on-call", "--runbook", str(book), "--ical", "rota.ics")).code == 0
    events = Calendar.from_ical((alone / "rota.ics").read_bytes()).walk("VEVENT")
    assert {str(event["SUMMARY"]) for event in events} == {"Ann", "Ben"}
    assert len({str(event["UID"]) for event in events}) == len(events) >= 7


FORTNIGHTS = ROTA.replace("every: 1d", "every: 2w").replace('"09:00"', '"mon 09:00"')
ALONE = ROTA.replace("rota: [ann, ben]", "rota: [ann]")


async def test_a_shift_that_outlasts_the_days_that_are_shown_has_its_own_end(tocsin: Tocsin, book: Path) -> None:
    book.write_text(FORTNIGHTS)
    told = json.loads((await tocsin("on-call", "--runbook", str(book), "--json")).out)[0]
    ends_at = datetime.fromisoformat(told["now"]["ends_at"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert (f"{ends_at:%a %H:%M}", told["next"]["begins_at"]) == ("Mon 09:00", told["now"]["ends_at"])


async def test_a_shift_of_which_no_end_is_known_has_none_but_in_a_calendar(
    tocsin: Tocsin, book: Path, alone: Path
) -> None:
    book.write_text(ALONE)
    told = json.loads((await tocsin("on-call", "--runbook", str(book), "--json")).out)[0]
    assert (told["now"]["name"], told["now"]["ends_at"], told["next"]) == ("Ann", None, None)
    assert (await tocsin("on-call", "--runbook", str(book), "--ical", "rota.ics")).code == 0
    [event] = Calendar.from_ical((alone / "rota.ics").read_bytes()).walk("VEVENT")
    begin, end = (event.decoded(name) for name in ("DTSTART", "DTEND"))
    assert end - begin == timedelta(days=7)


async def test_a_calendar_of_tomorrow_has_the_same_events(tocsin: Tocsin, book: Path) -> None:
    rotas, now = library_at(str(book)), datetime.now(UTC).replace(microsecond=0)
    today, later = (
        Calendar.from_ical(as_ical(written(rotas, at, timedelta(days=7)), at, at + timedelta(days=7))).walk("VEVENT")
        for at in (now, now + timedelta(minutes=5))
    )
    assert len({str(each["UID"]) for each in today} & {str(each["UID"]) for each in later}) >= len(today) - 1


async def test_one_form_at_a_time(tocsin: Tocsin, book: Path) -> None:
    said = await tocsin("on-call", "--runbook", str(book), "--json", "--svg", "x.svg")
    assert said.code == 1
    assert "one of them at a time" in said.err


async def test_a_preview_names_people_at_a_moment_that_is_said_as_people_say_it(tocsin: Tocsin, book: Path) -> None:
    words = ("runbook", "preview", str(book), "--severity", "sev1", "--at", "sat 02:00", "--until", "9m", "--json")
    told, plain = json.loads((await tocsin(*words)).out), await tocsin(*words[:-1])
    [page] = [line for line in told if line["kind"] == "page"][:1]
    assert page["people"][0] in ("Ann", "Ben")
    assert page["people"][0] not in plain.out  # not asked for


@pytest_asyncio.fixture
async def kept(fresh: Client, book: Path, alone: Path) -> AsyncIterator[Shifts]:
    """What a worker keeps that has loaded it."""
    there, world = loaded(load(alone / "books"), Settings()), RotaWorld()
    await Installations(Incidents(fresh).connection).publish(there)
    shifts = Shifts(Incidents(fresh).connection)
    activities: list[Callable[..., Any]] = [
        world.read_roster, world.set_user_group, world.check_coverage, world.take_inventory, world.post,
    ]  # fmt: skip
    async with (
        Worker(fresh, task_queue=WORKFLOW_QUEUE, workflows=[ShiftWorkflow], workflow_runner=runner()),
        Worker(fresh, task_queue=COMMS_QUEUE, activities=activities),
    ):
        await shifts.keep(there)
        yield shifts


async def test_a_swap_counts_from_then_on_and_is_seen_by_everybody(tocsin: Tocsin, kept: Shifts) -> None:
    before = json.loads((await tocsin("on-call", "--runbook", "rota", "--json")).out)[0]
    other = "ben" if before["now"]["who"] == "ann" else "ann"
    done = await tocsin("on-call", "override", "on-call", other, "--for", "2h", "--runbook", "rota")
    assert done.code == 0, done.err
    card = await eventually(lambda: kept.card("rota", "on-call"), lambda card: bool(card and card.overrides))
    assert card is not None
    assert [each.who for each in card.overrides] == [other]
    named = json.loads((await tocsin("on-call", "--runbook", "rota", "--json")).out)[0]["overrides"]
    assert [each["name"] for each in named] == [other.title()]
    assert f"swapped: {other.title()} from " in (await tocsin("on-call", "--runbook", "rota")).out
    now = datetime.now(UTC)
    after = json.loads((await tocsin("on-call", "--runbook", "rota", "--json")).out)[0]
    assert after["now"]["who"] == other
    assert now - timedelta(minutes=5) < datetime.fromisoformat(after["now"]["begins_at"])


@pytest.mark.parametrize("by", ["ann", "ann (for x, unproved)"])
async def test_whoever_swaps_reads_it_at_once_though_no_worker_has_taken_it_in(
    fresh: Client, book: Path, alone: Path, by: str
) -> None:
    there, shifts = loaded(load(alone / "books"), Settings()), Shifts(Incidents(fresh).connection)
    await Installations(Incidents(fresh).connection).publish(there)
    await shifts.keep(there)  # and no worker runs
    swap = OverrideRequest(who="ben", duration=3 * DAY, runbook="rota")
    found = await TemporalInstallationDesk(Incidents(fresh).connection).override("on-call", swap, by)
    assert [(each.name, each.by_name) for each in found.overrides] == [("Ben", by.replace("ann", "Ann"))]
    [first] = [each for each in found.shifts if each.begins_at <= datetime.now(UTC) < (each.ends_at or each.begins_at)]
    assert first.who == "ben"
    assert first.ends_at is not None
    assert first.ends_at - datetime.now(UTC) > 2 * DAY


async def test_a_runbook_that_is_loaded_anew_keeps_its_swaps_and_one_that_is_gone_ends(
    kept: Shifts, alone: Path
) -> None:
    await kept.keep(loaded(load(alone / "books"), Settings()))
    assert await kept.card("rota", "on-call") is not None
    (alone / "books" / "rota.yaml").unlink()
    (alone / "books" / "acme.yaml").write_text(ACME)

    async def gone() -> bool:
        await kept.keep(loaded(load(alone / "books"), Settings()))
        found = kept._connection.client.get_workflow_handle("tocsin-shift-rota_on-call")
        return (await found.describe()).close_time is not None

    assert await eventually(gone)


NO = [
    (("on-cal", "ben"), "Did you mean `on-call`?"),
    (("far", "ben"), "make the override there"),
    (("on-call", "bem"), "Did you mean `ben`?"),
    (("on-call", "ben", "--from", "blursday 02:00"), "is no day"),
]


@pytest.mark.parametrize(("words", "said"), NO)
async def test_a_swap_that_cannot_be_says_what_to_do(
    tocsin: Tocsin, kept: Shifts, words: tuple[str, ...], said: str
) -> None:
    refused = await tocsin("on-call", "override", *words, "--for", "2h", "--runbook", "rota")
    assert refused.code == 1
    assert said in refused.err
