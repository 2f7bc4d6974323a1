"""The table of faults in docs/reach.md: each way and each fault is in it, nothing in it rings twice, and it is so."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from activities.errors import Rejected
from tests.activities.ways import Way, demand_apprise, page
from tests.docs.reach_faults import (
    EMPTY_ROTAS,
    NO_ADDRESS,
    ON_CALL_TITLE,
    PAGE,
    REACHES_NOBODY,
    UNASKABLE,
    every_way,
    faults_of,
    rota_row,
    row,
)
from tests.docs.tables import between
from workflows.policy.runbook.reach import WAY_TITLES

CANNOT_KNOW = ("apprise", "the answer is lost")
"""No service can be asked, and none takes a page once."""
OF_WAYS = [(name, fault) for name in WAY_TITLES for fault in faults_of(name)]
REACHED_NOBODY = {*REACHES_NOBODY.items(), *((name, NO_ADDRESS) for name in WAY_TITLES)}


def lines() -> list[tuple[str, ...]]:
    [found] = between("faults").findall(PAGE.read_text(encoding="utf-8"))
    return [tuple(line.strip("| ").split(" | ")) for line in found.splitlines()[2:]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ways() -> AsyncIterator[dict[str, Way]]:
    async with every_way() as found:
        yield found


def test_each_way_and_each_fault_stands_there_once() -> None:
    of_ways = [(WAY_TITLES[name], fault) for name, fault in OF_WAYS]
    assert [line[:2] for line in lines()] == [*of_ways, *((ON_CALL_TITLE, fault) for fault in EMPTY_ROTAS)]


def test_somebody_is_rung_within_a_minute_whatever_fails_and_nobody_twice_for_it() -> None:
    for line in lines():
        assert line[5] == ("1" if line[:2] == CANNOT_KNOW else "0"), line
        assert int(line[6].removesuffix(" s")) <= 60, line


@pytest.mark.parametrize(("name", "fault"), OF_WAYS)
async def test_what_stands_there_is_so(ways: dict[str, Way], name: str, fault: str) -> None:
    if name == "apprise":
        demand_apprise()
    found = await row(ways[name], ways["ntfy" if name == "webhook" else "webhook"], fault)
    assert found in lines()


@pytest.mark.parametrize("fault", EMPTY_ROTAS)
async def test_a_post_that_nobody_holds_calls_the_next_tier_at_once(ways: dict[str, Way], fault: str) -> None:
    found = await rota_row(fault, ways)
    assert found in lines()
    assert found[3:] == ("0", "1 (a webhook)", "0", "0 s")


def test_a_page_that_reaches_nobody_goes_the_next_way_as_soon_as_that_is_known() -> None:
    for name, fault in REACHED_NOBODY:
        [line] = [each for each in lines() if each[:2] == (WAY_TITLES[name], fault)]
        assert line[3] == "0"
        assert line[4].startswith("1 (")
        assert line[6] == ("0 s" if fault == NO_ADDRESS else "10 s")


def test_an_answer_that_is_found_out_late_still_keeps_the_next_way_from_ringing() -> None:
    [line] = [each for each in lines() if each[1] == UNASKABLE]
    assert line[3:] == ("1", "0", "0", "0 s")


@pytest.mark.parametrize("name", WAY_TITLES)
async def test_the_page_names_the_setting_in_which_an_address_stands(ways: dict[str, Way], name: str) -> None:
    if name == "apprise":
        demand_apprise()
    with pytest.raises(Rejected) as refused:
        await ways[name].ring(page(name, to="nobody"))
    [line] = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}` |")]
    assert set(re.findall(r"TOCSIN_[A-Z_]+", str(refused.value))) <= set(re.findall(r"TOCSIN_[A-Z_]+", line))
