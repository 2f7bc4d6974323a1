"""The drawn course of an incident, on whatever screen: nothing of it lies outside, least of all the present."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from starter.board.html import ASSETS
from starter.pictures.course import course
from tests.browser import browser, page
from tests.policy.builders import T0, ladder, minutes, tier
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import declare
from workflows.policy.keys.duty_keys import DutyKey, DutyKind
from workflows.policy.views.results import PlanView

__all__ = ["browser", "page"]
OUTSIDE = """[...document.querySelectorAll('svg.course *')].map((each) => [each, each.getBoundingClientRect()])
  .filter(([_, box]) => box.left < 0 || box.right > innerWidth).map(([each]) => each.outerHTML)"""
TOUCHING = """(() => {
  const words = [...document.querySelectorAll('svg.course text')].map((each) => [each, each.getBoundingClientRect()]);
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
  return words.flatMap(([one, a], place) => words.slice(place + 1).filter(([_, b]) => touch(a, b))
    .map(([other]) => `${one.textContent} | ${other.textContent}`));
})()"""
BEGUN = {"now": minutes(1)}
JUST_ANSWERED = {"acknowledged_at": minutes(1), "now": minutes(1)}
FOR_DAYS = {"acknowledged_at": minutes(9), "now": timedelta(days=3)}
ALL_AT_ONCE = {f"{what}_at": minutes(240) for what in ("acknowledged", "mitigated", "resolved")} | {"now": minutes(241)}


def drawn(lasted: dict[str, timedelta]) -> str:
    happened = {name: T0 + after for name, after in lasted.items() if name != "now"}
    opening = OpenRequest(runbook=ladder(tier("alice")), severity="sev1", title="Checkout fails")
    incident = declare(opening, T0, "20260302-0900-k7", "incident-1").model_copy(
        update={
            "settled": {DutyKey(DutyKind.OTHER, "Verantwortlich für Kundenkommunikation und Status").written: _late()},
            **happened,
        }
    )
    return course(incident, PlanView(incident=incident.id, now=T0 + lasted["now"]), str.title)


def _late() -> Settlement:
    return Settlement(occurrence=1, outcome="rejected", due_at=T0, sent_at=T0, settled_at=T0 + minutes(1))


@pytest.mark.parametrize("lasted", [BEGUN, JUST_ANSWERED, FOR_DAYS, ALL_AT_ONCE])
@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_all_of_it_is_on_the_screen_and_no_two_words_touch(
    page: Page, width: int, lasted: dict[str, timedelta]
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    style = ASSETS["board.css"].body.decode()
    await page.set_content(f"<style>{style}</style><main>{drawn(lasted)}</main>")
    assert await page.locator("line.now").count() == 1
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate(TOUCHING) == []
