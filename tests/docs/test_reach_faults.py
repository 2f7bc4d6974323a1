"""The table of faults in docs/reach.md: each way and each fault is in it, nothing in it rings twice, and it is true."""

import pytest

from tests.docs.reach_faults import PAGE, every_way, faults_of, row
from tests.docs.tables import between
from workflows.policy.runbook.reach import WAY_TITLES


def lines() -> list[tuple[str, ...]]:
    [found] = between("faults").findall(PAGE.read_text(encoding="utf-8"))
    return [tuple(line.strip("| ").split(" | ")) for line in found.splitlines()[2:]]


def test_each_way_and_each_fault_stands_there_once() -> None:
    assert [line[:2] for line in lines()] == [
        (title, fault) for name, title in WAY_TITLES.items() for fault in faults_of(name)
    ]


def test_somebody_is_rung_within_a_minute_whatever_fails_and_nobody_twice_for_it() -> None:
    for line in lines():
        assert line[5] == "0", line
        assert int(line[6].removesuffix(" s")) <= 60, line


async def test_a_page_that_pagerduty_takes_for_an_empty_schedule_goes_the_next_way_as_soon_as_that_is_known() -> None:
    async with every_way() as ways:
        found = await row(ways["pagerduty"], ways["webhook"], "an empty schedule")
    assert found in lines()
    assert found[3:] == ("0", "1 (a webhook)", "0", "10 s")


@pytest.mark.parametrize("name", ["ntfy", "slack", "email"])
@pytest.mark.parametrize("fault", ["500 three times", "the answer is lost", "a wrong key", "it is away for 20 minutes"])
async def test_what_stands_there_is_so(name: str, fault: str) -> None:
    async with every_way() as ways:
        found = await row(ways[name], ways["webhook"], fault)
    assert found in lines()
