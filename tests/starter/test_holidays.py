"""Public holidays are dates by the time a runbook is one; what nobody knows is a problem with its line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from starter.runbooks.holidays import PublicHolidays
from starter.runbooks.library import RunbookReading, read
from tests.starter.book import ACME


def written(tmp_path: Path, holidays: str) -> RunbookReading:
    file = tmp_path / "acme.yaml"
    file.write_text(ACME.replace("people:", f"calendar:\n  holidays: {holidays}\npeople:", 1), encoding="utf-8")
    return read(file)


def test_a_country_becomes_its_dates_of_this_year_and_the_next_two(tmp_path: Path) -> None:
    book = written(tmp_path, "{country: DE}").book
    assert book
    this_year = datetime.now(UTC).year
    christmas = [day for day in book.calendar.holidays if (day.month, day.day) == (12, 25)]
    assert christmas == [date(this_year + n, 12, 25) for n in range(3)]
    assert sorted({day.year for day in book.calendar.holidays}) == [this_year, this_year + 1, this_year + 2]


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in PublicHolidays(country="DE", subdivision="BY").dates(2026)
    assert corpus_christi not in PublicHolidays(country="DE").dates(2026)


def test_dates_may_be_written_as_they_are(tmp_path: Path) -> None:
    book = written(tmp_path, "[2026-12-24]").book
    assert book
    assert book.calendar.holidays == (date(2026, 12, 24),)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "{country: Germany}",
            ":5:14: calendar.holidays.country: no holidays are known of 'Germany'. Did you mean `DE`?",
        ),
        ("{country: germny}", "Did you mean `DE`?"),
        ("{country: Atlantis-by-the-sea}", "Write its two letters (ISO 3166), such as DE or US"),
        (
            "{country: US, subdivision: CAL}",
            ":5:27: calendar.holidays.subdivision: US has no 'CAL'. Did you mean `CA`?",
        ),
        ("{country: AF, subdivision: KBL}", "Leave it out: the whole country has the same"),
        ("{county: DE}", ":5:14: calendar.holidays.county: runbooks have no such key here. Did you mean `country`?"),
        ("{subdivision: BY}", "calendar.holidays.country: is missing. Add `country:`"),
        ("Germany", ":5:3: calendar.holidays: "),
    ],
)
def test_what_nobody_knows_is_named_with_its_line_and_what_is_near(tmp_path: Path, rule: str, says: str) -> None:
    reading = written(tmp_path, rule)
    assert reading.book is None
    assert any(says in str(problem) for problem in reading.problems), reading.problems


def test_other_mistakes_are_told_together_with_it(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(
        ACME.replace("people:", "calendar: {holidays: {country: XX}}\nteam: x\npeople:", 1), encoding="utf-8"
    )
    assert [problem.path for problem in read(file).problems] == ["calendar.holidays.country", "team"]
