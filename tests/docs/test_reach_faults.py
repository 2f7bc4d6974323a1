"""The table of faults in docs/reach.md: each way and each fault is in it, nothing in it rings twice, and it is true."""

import pytest

from tests.docs.reach_faults import PAGE, REACHES_NOBODY, UNASKABLE, every_way, faults_of, row
from tests.docs.tables import between
from workflows.policy.runbook.reach import WAY_TITLES

CANNOT_KNOW = ("apprise", "the answer is lost")
"""No service can be asked, and none takes a page once."""


def lines() -> list[tuple[str, ...]]:
    [found] = between("faults").findall(PAGE.read_text(encoding="utf-8"))
    return [tuple(line.strip("| ").split(" | ")) for line in found.splitlines()[2:]]


def test_each_way_and_each_fault_stands_there_once() -> None:
    assert [line[:2] for line in lines()] == [
        (title, fault) for name, title in WAY_TITLES.items() for fault in faults_of(name)
    ]


def test_somebody_is_rung_within_a_minute_whatever_fails_and_nobody_twice_for_it() -> None:
    for line in lines():
        assert line[5] == ("1" if line[:2] == CANNOT_KNOW else "0"), line
        assert int(line[6].removesuffix(" s")) <= 60, line


@pytest.mark.parametrize("name", REACHES_NOBODY)
async def test_a_page_that_reaches_nobody_goes_the_next_way_as_soon_as_that_is_known(name: str) -> None:
    async with every_way() as ways:
        found = await row(ways[name], ways["webhook"], REACHES_NOBODY[name])
    assert found in lines()
    assert found[3:] == ("0", "1 (a webhook)", "0", "10 s")


async def test_an_answer_that_is_found_out_late_still_keeps_the_next_way_from_ringing() -> None:
    async with every_way() as ways:
        found = await row(ways["opsgenie"], ways["webhook"], UNASKABLE)
    assert found in lines()
    assert found[3:] == ("1", "0", "0", "0 s")


@pytest.mark.parametrize("name", ["ntfy", "slack", "email"])
@pytest.mark.parametrize("fault", ["500 three times", "the answer is lost", "a wrong key", "it is away for 20 minutes"])
async def test_what_stands_there_is_so(name: str, fault: str) -> None:
    async with every_way() as ways:
        found = await row(ways[name], ways["webhook"], fault)
    assert found in lines()
