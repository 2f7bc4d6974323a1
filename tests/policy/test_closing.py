"""How a resolved incident ends, also when what it owes does not get out."""

import pytest

from tests.policy.builders import (
    alert,
    alerts,
    at,
    declared,
    happens,
    lines,
    minutes,
    opened,
    opening,
    runbook,
    said,
    severity,
    tier,
)
from tests.policy.shell import DONE, NEVER, Fate, PolicyRunner, begun, fates
from workflows.policy.incident.events import Acknowledged, Cancelled, DraftApproved, Reopened, Resolved
from workflows.policy.reducers.root import apply

PUBLIC = {"owner": "communications", "automatic": ["investigating", "resolved"]}
BOOK = runbook(severity(tier("alice"), status_page=PUBLIC, verify_for="15m"))
DRAFTED = runbook(severity(tier("alice"), status_page={"owner": "communications"}, verify_for="15m"))
GONE = alerts(alert(status="resolved"))


def muted(shell: PolicyRunner) -> PolicyRunner:
    shell.fate = fates(hush=NEVER, post=NEVER, publish=NEVER)
    return shell


class TestWhatItOwes:
    def test_a_resolution_that_is_heard_hours_late_is_still_hushed_published_and_told(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), fates())
        shell.run_to(at(180))
        shell.happens(180.5, Resolved(by="Alice", at=at(60)))
        assert begun(shell, "hush/resolved") == [180.5]
        assert begun(shell, "publish/resolved") == [180.5]
        assert shell.incident.to_tell == ()
        assert shell.incident.closed_at == at(180.5)

    def test_so_is_one_after_which_the_worker_was_away_for_hours(self) -> None:
        shell = muted(PolicyRunner.of(opening(BOOK), fates()))
        shell.happens(10, Resolved(by="Alice"))
        shell.sleep_to(at(160))
        shell.fate = fates()
        shell.turn()
        assert begun(shell, "hush/resolved") == [10, 160]
        assert shell.incident.public.status == "resolved"
        assert shell.incident.closed_at == at(160)

    def test_it_waits_an_hour_for_what_does_not_get_out_and_says_what_it_cuts_off(self) -> None:
        shell = muted(PolicyRunner.of(opening(BOOK), fates()))
        shell.happens(10, Resolved(by="Alice"))
        shell.run_to(at(600))
        assert shell.incident.closed_at == at(10 + 15 + 60)
        last = shell.incident.timeline[-1]
        assert last.loud
        assert last.text == (
            "closed, although the status page still says investigating; what did not get out: "
            "mark Alice's page as resolved, status page: resolved, post what happened"
        )

    def test_each_message_has_its_hour(self) -> None:
        """The publish is given up after an hour; whoever has to do it by hand is asked then."""
        shell = PolicyRunner.of(opening(BOOK), fates())
        shell.fate = lambda d: Fate("undelivered", minutes(60)) if d.duty == "publish/resolved" else DONE
        shell.happens(10, Resolved(by="Alice"))
        shell.fate = fates(post=NEVER)
        shell.run_to(at(600))
        assert begun(shell, "tell")[-1] == 70
        assert shell.incident.closed_at == at(130)

    def test_after_a_reopening_it_waits_its_whole_hour_again(self) -> None:
        shell = muted(PolicyRunner.of(opening(BOOK), fates()))
        shell.happens(10, Resolved(by="Alice"))
        shell.happens(60, Reopened(by="Alice"))
        shell.happens(70, Resolved(by="Alice"))
        shell.run_to(at(600))
        assert shell.incident.closed_at == at(70 + 15 + 60)

    def test_it_does_not_close_in_the_turn_in_which_something_falls_due(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), fates())
        shell.fate = lambda d: Fate("undelivered", minutes(75)) if d.duty == "publish/resolved" else DONE
        shell.happens(10, Resolved(by="Alice"))
        shell.run_to(at(600))
        assert said(shell.incident, "do this by hand: status page: resolved (no route)")
        assert shell.incident.to_tell == ()

    def test_nothing_owed_it_closes_when_it_has_been_watched_and_says_no_more(self) -> None:
        simulation = opened(BOOK)
        happens(simulation, 10, Resolved())
        simulation.run_to(at(600))
        assert simulation.incident.closed_at == at(25)
        assert lines(simulation.incident)[-1] == "closed"
        assert not simulation.incident.timeline[-1].loud


class TestWhenAnAlertFiresAfterTheVerification:
    """The next incident opens, and pages, when this one has closed: within seconds, not within the hour."""

    def test_it_closes_at_once_over_a_draft_that_nobody_approves(self) -> None:
        shell = PolicyRunner.of(opening(DRAFTED), fates())
        shell.happens(1, alerts(alert()))
        shell.happens(2, DraftApproved())
        shell.happens(10, Resolved(), GONE)
        shell.happens(30, alerts(alert("f2", since=30)))
        assert shell.incident.closed_at == at(30)
        assert [a.fingerprint for a in shell.incident.successor] == ["f2"]

    def test_it_closes_at_once_over_messages_that_do_not_get_out(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), fates())
        shell.happens(1, alerts(alert()))
        shell.fate = fates(post=NEVER)
        shell.happens(10, Resolved(), GONE)
        shell.happens(30, alerts(alert(since=29)))
        assert shell.incident.closed_at == at(30)

    def test_it_closes_at_once_after_a_cancellation_that_nobody_could_be_told(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), fates(post=NEVER))
        shell.happens(1, Cancelled())
        shell.happens(2, alerts(alert(since=2)))
        assert shell.incident.closed_at == at(2)

    def test_what_was_resolved_while_no_worker_ran_is_tried_for_seconds_first(self) -> None:
        shell = PolicyRunner.of(opening(BOOK), fates())
        shell.happens(1, alerts(alert()))
        shell.sleep_to(at(100))
        shell.fate = fates(post=NEVER)
        gone = GONE.model_copy(update={"at": at(10)})
        shell.happens(100, gone, alerts(alert(since=50)).model_copy(update={"at": at(50)}))
        shell.run_to(at(101))
        assert begun(shell, "publish/resolved") == [100]
        assert begun(shell, "hush/resolved") == [100]
        assert shell.incident.closed_at == at(100 + 10 / 60)


def test_an_alert_that_fired_too_late_for_it_belongs_to_it_again_when_it_is_reopened() -> None:
    """Or a new incident would open for it whenever this one ends."""
    incident = declared(BOOK)
    for event in (alerts(alert()), Resolved()):
        incident = apply(BOOK, incident, event.model_copy(update={"at": at(0)}))
    incident = apply(BOOK, incident, alerts(alert("f2", since=20)).model_copy(update={"at": at(20)}))
    assert len(incident.successor) == 1
    incident = apply(BOOK, incident, Reopened(at=at(20)))
    assert incident.successor == ()
    assert set(incident.alerts) == {"f1", "f2"}


@pytest.mark.parametrize("event", [Reopened(by="Ann"), Acknowledged(by="Ann")], ids=["reopened", "acknowledged"])
def test_what_arrives_after_the_end_is_too_late_and_said_to_be(event: Reopened | Acknowledged) -> None:
    simulation = opened(BOOK)
    happens(simulation, 1, Resolved())
    simulation.run_to(at(20))
    happens(simulation, 20, event)
    assert simulation.incident.phase == "resolved"
    assert "too late" in lines(simulation.incident)[-1]
