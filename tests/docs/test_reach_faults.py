"""The table of faults in docs/reach.md: each way and each fault is in it, nothing in it rings twice, and it is true."""

import pytest

from tests.docs.reach_faults import FAULTS, PAGE, every_way, row
from tests.docs.tables import between
from workflows.policy.runbook.reach import WAY_TITLES


def lines() -> list[tuple[str, ...]]:
    [found] = between("faults").findall(PAGE.read_text(encoding="utf-8"))
    return [tuple(line.strip("| ").split(" | ")) for line in found.splitlines()[2:]]


def test_each_way_and_each_fault_stands_there_once() -> None:
    assert [line[:2] for line in lines()] == [(way, fault) for way in WAY_TITLES.values() for fault in FAULTS]


def test_somebody_is_rung_within_a_minute_whatever_fails_and_nobody_twice_for_it() -> None:
    for line in lines():
        assert line[5] == "0", line
        assert int(line[6].removesuffix(" s")) <= 60, line


@pytest.mark.parametrize("name", ["ntfy", "slack"])
@pytest.mark.parametrize("fault", ["500 three times", "the answer is lost", "a wrong key", "it is away for 20 minutes"])
async def test_what_stands_there_is_so(name: str, fault: str) -> None:
    async with every_way() as ways:
        found = await row(ways[name], ways["webhook"], fault)
    assert found in lines()
