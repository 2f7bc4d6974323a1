"""In a drill an incident's own time is compressed. What a page says of moments goes by the clock on the wall."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from starter.board import owed_acts
from starter.board.html import rendered
from starter.board.incident_page import incident_page
from starter.desk.answers import ShownIncident
from starter.desk.verbs import VERB_BY_NAME
from starter.gateway.access import Actor
from starter.gateway.routes.board_pages import Aftermath
from starter.gateway.visitors import Visitor
from starter.temporal.drills import answer_in_real_time, foreseen_in_real_time, in_real_time
from starter.temporal.results import ReviewSummary, Summary
from tests.starter.board.conftest import PageSeen
from workflows.policy.incident.events import Acknowledged, Noted
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.public import Public
from workflows.policy.review.debts import Debt, ReviewDebts
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.difference import PlanChange
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.plan_view import plan_view
from workflows.policy.views.results import Outgoing, Status, Upcoming, UpdateResult
from workflows.policy.views.standing import OpenFollowUp
from workflows.policy.views.summary import DrillClock

DRILL_SPEED = 10.0
BEGUN = datetime(2026, 11, 27, 23, 50, tzinfo=UTC)
LOOKED_AT = BEGUN + timedelta(minutes=2)
"""Twenty minutes have passed in the incident, and there a new day has begun."""
ME = Visitor(Actor("carol", "respond"), ("",))


@pytest.fixture
def page(book: Runbook) -> str:
    simulation = Simulation.of(OpenRequest(runbook=book, severity="sev1", title="Checkout fails"), BEGUN)
    for minutes, event in ((7, Acknowledged(by="Carol")), (14, Noted(by="Dan", text="since deploy 4.2"))):
        simulation.run_to(BEGUN + timedelta(minutes=minutes))
        simulation.happen(event.model_copy(update={"at": simulation.now}))
    simulation.run_to(BEGUN + timedelta(minutes=20))
    said = Public(begun=True, status="identified", says="We know why.", said_at=BEGUN + timedelta(minutes=15))
    incident = simulation.incident.model_copy(update={"public": said})
    view = plan_view(book, incident, simulation.plan(), simulation.now, DRILL_SPEED, frozenset())
    shown = ShownIncident(state=Status(incident=incident, verification=timedelta(minutes=15)), plan=view)
    made = incident_page(shown, {book.runbook: book}, LOOKED_AT)
    values = {"me": ME, "links": SimpleNamespace(sandbox_url="", temporal_ui_url=""), "owed": owed_acts}
    return rendered("incident.html", **values, page=made, acts=[], course="", said=Aftermath(), version="")


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name}"')[2].partition("</section>")[0]


def test_what_the_public_sees_is_dated_as_the_public_sees_it(page: str) -> None:
    assert "identified, since 23:51:30 UTC" in PageSeen(f"<p {section(page, 'public')}").words


def test_what_happened_stands_there_when_it_was(page: str) -> None:
    happened = PageSeen(f"<p {section(page, 'happened')}").words
    assert "23:51:24Dan: since deploy 4.2" in happened
    assert "23:50:42Carol acknowledged" in happened  # after seven minutes of its own


@pytest.mark.parametrize("name", ["public", "happened", "paged", "alerts"])
def test_nothing_has_happened_later_than_now(page: str, name: str) -> None:
    moments = [datetime.fromisoformat(each) for each in re.findall(r'datetime="([^"]+)"', section(page, name))]
    assert all(BEGUN <= each <= LOOKED_AT for each in moments)
    assert moments or name == "alerts"


def test_what_comes_next_is_as_far_away_as_its_countdown_says(page: str) -> None:
    ahead = re.findall(r'datetime="([^"]+)">in (\d+)s<', section(page, "ahead"))
    assert ahead
    for at, seconds in ahead:
        assert int((datetime.fromisoformat(at) - LOOKED_AT).total_seconds()) == int(seconds)


@pytest.mark.parametrize(
    ("speed", "shown"), [(1.0, "00:30:00 instead of 00:10:00"), (DRILL_SPEED, "23:54:00 instead of 23:52:00")]
)
def test_what_something_would_change_is_dated_by_the_wall_too(speed: float, shown: str) -> None:
    own_now = BEGUN + timedelta(minutes=20)
    line = Upcoming(at=own_now + timedelta(minutes=20), what="page Ann", kind="page", duty="x", reason="y")
    clock = DrillClock(begun_at=BEGUN, speed=speed) if speed != 1.0 else None
    change = PlanChange(kind="moves", line=line, before=own_now)
    found = Foreseen(incident="i", now=own_now, drill_clock=clock, mark="m", changes=(change,))
    html = rendered(
        "look.html",
        me=ME,
        links=SimpleNamespace(sandbox_url="", temporal_ui_url=""),
        verb=VERB_BY_NAME["incidents", "severity"],
        found=foreseen_in_real_time(found),
        said={},
        back="/",
    )
    assert shown in PageSeen(html.replace("<td>", " ")).words


def test_what_comes_next_after_something_was_done_is_dated_by_the_wall_too() -> None:
    """In a terminal, in Slack and on a page: all get the answer that the desk gives."""
    own_now = BEGUN + timedelta(minutes=20)
    line = Upcoming(at=own_now + timedelta(minutes=20), what="page Ann", kind="page", duty="x", reason="y")
    out = Outgoing(what="status page", at=own_now, subject="s", text="t")
    own = UpdateResult(incident="i", now=own_now, next=(line,), outgoing=(out,))
    assert answer_in_real_time(own) == own
    seen = answer_in_real_time(own.model_copy(update={"drill_clock": DrillClock(begun_at=BEGUN, speed=DRILL_SPEED)}))
    assert (seen.now, seen.next[0].at, seen.outgoing[0].at) == (LOOKED_AT, BEGUN + timedelta(minutes=4), LOOKED_AT)
    assert answer_in_real_time(seen) == seen  # once


class TestRowsOfLists:
    """What is due after twenty minutes of a drill at ten times the speed is due after two."""

    late, real = BEGUN + timedelta(minutes=20), BEGUN + timedelta(minutes=2)
    clock = DrillClock(begun_at=BEGUN, speed=DRILL_SPEED)

    def test_of_an_incident(self) -> None:
        owed = OpenFollowUp(text="alert on it", owner="Ann", due_at=self.late)
        row = Summary(
            workflow_id="w",
            run_id="r",
            incident="i",
            title="t",
            open=True,
            started_at=BEGUN,
            next_duty_at=self.late,
            updated_at=self.late,
            obligation_due_at=self.late,
            follow_ups_due=(owed,),
        )
        assert in_real_time(row) == row
        shown = in_real_time(row.model_copy(update={"drill_clock": self.clock}))
        assert (shown.next_duty_at, shown.updated_at, shown.obligation_due_at) == (self.real,) * 3
        assert [each.due_at for each in shown.follow_ups_due] == [self.real]
        assert (shown.started_at, shown.alive_at) == (BEGUN, None)
        assert in_real_time(shown) == shown  # once

    def test_of_a_review(self) -> None:
        debts = ReviewDebts(debts=(Debt(what="the report", kind="review", owner="Ann", due_at=self.late),))
        row = ReviewSummary(
            workflow_id="w",
            run_id="r",
            incident="i",
            title="t",
            open=True,
            started_at=self.late,
            due_at=self.late,
            debts=debts,
        )
        assert in_real_time(row) == row
        shown = in_real_time(row.model_copy(update={"drill_clock": self.clock}))
        assert shown.debts
        assert (shown.due_at, shown.debts.debts[0].due_at) == (self.real, self.real)
