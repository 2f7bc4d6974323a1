"""Every kind of mistake is named in one line that a reader can act on, and harms nobody else's runbook."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter
from ruamel.yaml import YAML

from starter.runbooks.library import Library, load, read
from tests.starter.conftest import GatewayUnderTest
from tests.starter.lint.book import GOOD, TODAY
from tocsin.commands.runbook_lint import LintLine, lines, look_at


class Mistake(BaseModel):
    """A row of the table."""

    model_config = ConfigDict(extra="forbid")

    mistake: str
    instead_of: str
    written: str
    said: str

    def made(self) -> str:
        assert self.instead_of in GOOD
        return GOOD.replace(self.instead_of, self.written, 1)


TABLE = YAML(typ="safe", pure=True).load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))
MISTAKES = TypeAdapter(list[Mistake]).validate_python(TABLE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("acme.yaml")


def look(file: Path, text: str) -> list[LintLine]:
    file.write_text(text, encoding="utf-8")
    return look_at(read(file), TODAY)


def test_there_is_nothing_to_say_against_the_good_runbook(here: Path) -> None:
    assert look(here, GOOD) == []


@pytest.mark.parametrize("where", ["ical: ops", "pagerduty: {schedule: PI7DH85}"])
def test_whom_a_calendar_or_pagerduty_may_name_is_used(here: Path, where: str) -> None:
    """By that name they are known."""
    post = f"on-call: {{name: On-call Engineer, manager: boss, on_call: {{{where}}}}}\n  ann: {{name: Ann Lee}}"
    assert look(here, GOOD.replace("on-call: {name: On-call Engineer, manager: boss}", post, 1)) == []


def test_every_mistake_is_another_one() -> None:
    assert len({mistake.made() for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.mistake)
def test_a_mistake_is_named_and_nothing_else(here: Path, mistake: Mistake) -> None:
    [found] = look(here, mistake.made())
    headline, why, instead = map(str, lines(found))
    assert headline == mistake.said
    assert why.removeprefix("    why: ")
    assert instead.removeprefix("    instead: ")


def test_what_several_severities_share_is_told_once(here: Path) -> None:
    shared = GOOD.replace("    updates: {every: 30m", "    updates: &updates {every: 30m").replace(
        "remind: 5m", "remind: 1h"
    )
    again = shared.replace("    updates: {every: 1h, owner: commander}", "    updates: *updates")
    [found] = look(here, again)
    assert found.path == "severities.sev1.updates.remind"


def test_pages_that_wait_for_business_hours_that_never_end_do_not_wait(here: Path) -> None:
    office = '{days: [mon, tue, wed, thu, fri], begin: "09:00", end: "17:00"}'
    always = GOOD.replace(office, '{begin: "00:00", end: "00:00"}').replace(
        "  holidays: [2026-12-25, 2027-01-01]\n", ""
    )
    found = look(
        here, always.replace("off_hours: true", "off_hours: false").replace("quiet-hours\n", "business-hours\n")
    )
    assert [(one.path, one.level) for one in found] == [("severities.sev2.hold", "warning")]


@pytest.fixture
def crowd(tmp_path: Path) -> Library:
    """One good runbook among all the bad ones."""
    (tmp_path / "acme.yaml").write_text(GOOD, encoding="utf-8")
    for number, mistake in enumerate(MISTAKES):
        text = mistake.made().replace("runbook: acme", f"runbook: bad-{number}")
        (tmp_path / f"bad-{number}.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path)


def test_bad_runbooks_hide_no_good_one(crowd: Library) -> None:
    assert "acme" in crowd.runbooks
    assert len(crowd.problems) > 10


async def test_a_gateway_that_finds_bad_runbooks_takes_alerts_for_the_good_one(
    crowd: Library, gate: GatewayUnderTest
) -> None:
    gate.library = crowd
    async with gate.open() as http:
        assert (await http.get("/readyz")).json()["ready"]
        answer = await http.post("/webhooks/generic", json={"key": "checkout", "title": "Checkout is down"})
    assert answer.status_code == 202, answer.text
