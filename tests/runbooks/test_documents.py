"""The documents of the five runbooks say what is so: each line, each test, and how many."""

import pytest

from tests.runbooks.courses import NAMES, book
from tests.runbooks.documents import counts, known_tests, leads_somewhere, rows, text, written

every = pytest.mark.parametrize("name", NAMES)


@every
def test_the_runbook_loads_without_problems(name: str) -> None:
    assert book(name).runbook == name


@every
def test_every_line_that_is_named_is_in_the_runbook(name: str) -> None:
    tree = written(name)
    lost = [(row.sentence, path) for row in rows(name) for path in row.paths if not leads_somewhere(tree, path)]
    assert lost == []


@every
def test_every_test_that_is_named_exists(name: str) -> None:
    known = known_tests(name)
    assert [(row.sentence, test) for row in rows(name) for test in row.tests if test not in known] == []


@every
def test_what_is_carried_out_has_a_line_and_a_test(name: str) -> None:
    assert [row.sentence for row in rows(name) if not row.not_yet and not (row.paths and row.tests)] == []


@every
def test_the_counts_at_the_top_are_right(name: str) -> None:
    all_of_them = rows(name)
    not_yet = sum(row.not_yet for row in all_of_them)
    assert counts(name) == (len(all_of_them), len(all_of_them) - not_yet, not_yet)


@every
def test_our_readings_are_said(name: str) -> None:
    assert "## Our readings" in text(name)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("severities.sev1.duties.war-room", True),
        ("severities.*.duties.resolution-summary", False),
        ("severities.*.escalation.on-call", True),
        ("severities.sev1.escalation.vp-engineering", True),
        ("severities.sev9.duties", False),
        ("links.log-aggregation", True),
    ],
)
def test_a_path_leads_somewhere_in_every_severity_or_nowhere(path: str, there: bool) -> None:
    assert leads_somewhere(written("company"), path) is there
