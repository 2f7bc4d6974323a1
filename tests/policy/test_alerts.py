"""Alerts of an open, resolved or closed incident."""

from typing import Any

import pytest

from tests.policy.builders import alert, alerts, at, happens, ladder, opened, pages, runbook, said, severity, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.episodes import TOO_MANY
from workflows.policy.incident.events import AlertsReceived, Cancelled, Reopened, Resolved, SeverityChanged
from workflows.policy.reducers.root import apply
from workflows.policy.reducers.transitions import reopen
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(tier("alice"), verify_for="15m")
UNMOVED = runbook(severity(tier("alice")), intake={"resolve_with_alerts": False})


def born(*batch: Alert) -> Simulation:
    """An incident that alerts opened at T0."""
    simulation = opened(BOOK)
    simulation.happen(alerts(*(batch or (alert(),))))
    return simulation


class TestWhileOpen:
    def test_a_repeat_only_counts(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert()))
        assert simulation.incident.alerts_total == 2
        assert [line.text for line in simulation.incident.timeline if line.kind == "alert"] == ["HighErrorRate fires"]

    def test_an_alert_that_is_harmless_now_ends_what_it_began(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved", harmless=True)))
        assert simulation.incident.phase == "resolved"
        assert "HighErrorRate is harmless now, says its sender" in [line.text for line in simulation.incident.timeline]

    def test_and_if_it_is_grave_again_in_the_same_episode_that_is_news(self) -> None:
        """A repeat of an alert that has resolved is late, and says nothing; this one has not resolved."""
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved", harmless=True)))
        happens(simulation, 5, alerts(alert()))
        assert (simulation.incident.phase, len(simulation.incident.firing)) == ("investigating", 1)

    def test_what_was_never_a_concern_leaves_no_trace_when_it_is_harmless(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert("f2", status="resolved", harmless=True)))
        assert list(simulation.incident.alerts) == ["f1"]
        assert simulation.incident.phase == "investigating"

    def test_of_each_alert_is_known_how_often_it_was_received_and_between_when_and_when(self) -> None:
        simulation = born(alert("f1"), alert("f2"))
        happens(simulation, 3, alerts(alert("f1", count=4)))
        happens(simulation, 5, alerts(alert("f1", status="resolved")))
        happens(simulation, 6, alerts(alert("f1")))  # overtaken by its resolution
        first = simulation.incident.alerts["f1"]
        assert (first.count, first.first_seen_at, first.last_seen_at) == (7, at(0), at(6))
        assert simulation.incident.alerts["f2"].count == 1
        assert simulation.incident.alerts_total == 8

    def test_an_alert_that_fires_and_resolves_in_one_batch_has_done_both(self) -> None:
        simulation = opened(BOOK)
        happens(simulation, 3, alerts(alert(), alert(status="resolved")))
        assert said(simulation.incident, "HighErrorRate fires, HighErrorRate has resolved")
        assert simulation.incident.resolved_at == at(3)

    def test_one_that_resolves_and_fires_anew_in_one_batch_keeps_it_open(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved"), alert(since=3)))
        assert not simulation.incident.resolved
        assert simulation.incident.alerts["f1"].starts_at == at(3)

    def test_when_some_have_resolved_it_stays_open(self) -> None:
        simulation = born(alert("f1"), alert("f2"))
        happens(simulation, 3, alerts(alert("f1", status="resolved")))
        assert not simulation.incident.resolved
        assert [firing.fingerprint for firing in simulation.incident.firing] == ["f2"]

    def test_when_all_have_resolved_so_has_it(self) -> None:
        simulation = born(alert("f1"), alert("f2"))
        happens(simulation, 3, alerts(alert("f1", status="resolved"), alert("f2", status="resolved")))
        assert simulation.incident.resolved_at == at(3)
        assert simulation.incident.resolved_by == "the alerts"

    def test_unless_the_runbook_leaves_that_to_people(self) -> None:
        simulation = opened(UNMOVED)
        happens(simulation, 0, alerts(alert()))
        happens(simulation, 3, alerts(alert(status="resolved")))
        assert not simulation.incident.resolved

    def test_an_incident_that_a_person_declared_is_not_resolved_by_an_empty_batch(self) -> None:
        simulation = opened(BOOK)
        happens(simulation, 3, alerts())
        assert not simulation.incident.resolved

    def test_an_older_episode_that_arrives_late_says_nothing_about_the_present_one(self) -> None:
        simulation = born(alert(since=-5))
        happens(simulation, 3, alerts(alert(since=2)))
        happens(simulation, 4, alerts(alert(status="resolved", since=-5)))
        assert not simulation.incident.resolved
        assert simulation.incident.alerts_total == 3

    def test_what_is_beyond_those_that_are_kept_one_by_one_ends_as_well(self) -> None:
        count = IncidentBounds.alerts + 3
        simulation = born(*(alert(f"f{n}", group=f"g{n}") for n in range(count)))
        ends = [alert(f"f{n}", group=f"g{n}", status="resolved") for n in range(count)]
        happens(simulation, 3, alerts(*ends[:-1]))
        assert simulation.incident.firing == ()
        assert not simulation.incident.resolved
        happens(simulation, 4, alerts(ends[-1]))
        assert simulation.incident.resolved

    def test_an_older_episode_of_one_beyond_says_nothing_about_the_present_one(self) -> None:
        simulation = born(*(alert(f"f{n}") for n in range(IncidentBounds.alerts)), alert("beyond", since=-5))
        happens(simulation, 2, alerts(alert("beyond", since=2)))
        happens(simulation, 3, alerts(*(alert(f"f{n}", status="resolved") for n in range(IncidentBounds.alerts))))
        happens(simulation, 4, alerts(alert("beyond", status="resolved", since=-5)))
        assert not simulation.incident.resolved
        happens(simulation, 5, alerts(alert("beyond", status="resolved", since=2)))
        assert simulation.incident.resolved

    def test_one_beyond_ends_with_its_group_also_unlisted(self) -> None:
        known = [alert(f"f{n}") for n in range(IncidentBounds.alerts)]
        simulation = born(*known, alert("beyond", group="g"), alert("another", group="h"))
        over = [each.model_copy(update={"status": "resolved"}) for each in known]
        happens(simulation, 3, alerts(*over).model_copy(update={"ended": {"g": at(3)}}))
        assert not simulation.incident.resolved
        happens(simulation, 4, alerts().model_copy(update={"ended": {"h": at(3)}}))
        assert simulation.incident.resolved

    def test_what_is_too_much_even_for_that_is_for_a_person_and_that_is_said_loudly(self) -> None:
        count = IncidentBounds.alerts + IncidentBounds.beyond
        simulation = born(*(alert(f"f{n}") for n in range(count)))
        assert not said(simulation.incident, TOO_MANY)
        happens(simulation, 2, alerts(alert("one more"), alert("and another")))
        assert [each.loud for each in simulation.incident.timeline if TOO_MANY in each.text] == [True]
        every = [*(f"f{n}" for n in range(count)), "one more", "and another"]
        happens(simulation, 3, alerts(*(alert(name, status="resolved") for name in every)))
        assert simulation.incident.firing == ()
        assert not simulation.incident.resolved

    def test_a_resolution_that_arrives_after_a_reopening_does_not_end_it_before_it_began(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved())
        happens(simulation, 6, Reopened())
        happens(simulation, 7, alerts(alert(status="resolved")).model_copy(update={"at": at(2)}))
        assert simulation.incident.resolved_at == at(6)

    def test_what_the_source_left_out_cannot_be_known_to_have_resolved(self) -> None:
        """Alertmanager's `max_alerts` cuts a group and says only how many alerts it cut."""
        simulation = born()
        happens(simulation, 2, alerts(alert()).model_copy(update={"truncated": 7}))
        assert (simulation.incident.alerts_untracked, simulation.incident.alerts_total) == (7, 9)
        happens(simulation, 3, alerts(alert(status="resolved")))
        assert not simulation.incident.resolved

    def test_a_resolution_that_is_told_twice_does_not_overrule_who_reopened(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved")))
        happens(simulation, 4, Reopened(by="Ann", reason="customers still see it"))
        happens(simulation, 5, alerts(alert(status="resolved")))
        assert simulation.incident.phase == "investigating"

    def test_alerts_that_never_fired_here_do_not_end_what_a_person_declared(self) -> None:
        simulation = opened(BOOK)
        happens(simulation, 3, alerts(alert(status="resolved")))
        assert not simulation.incident.resolved

    def test_a_repeat_that_its_resolution_overtook_is_only_counted(self) -> None:
        simulation = born(alert("f1"), alert("f2"))
        happens(simulation, 3, alerts(alert("f1", status="resolved")))
        happens(simulation, 4, alerts(alert("f1")))
        assert [firing.fingerprint for firing in simulation.incident.firing] == ["f2"]
        assert simulation.incident.alerts_total == 4

    def test_what_an_alert_asked_for_too_late_is_not_asked_for_again_once_people_have_said_no(self) -> None:
        simulation = opened(
            runbook({"sev1": severity(tier("alice")), "sev2": severity(tier("alice"))}), severity="sev2"
        )
        happens(simulation, 0, alerts(alert(since=0)))
        happens(simulation, 1, alerts(alert(since=-1, severity="sev1")))  # an older episode
        happens(simulation, 2, SeverityChanged(by="Ann", severity="sev2"))
        happens(simulation, 3, alerts(alert(since=0, severity="sev1")))
        assert simulation.incident.severity == "sev2"


class TestWhileItIsWatched:
    """Between `resolved` and close."""

    def test_a_newer_episode_reopens_it_and_pages(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved())
        happens(simulation, 9, alerts(alert(since=8)))
        assert (simulation.incident.phase, simulation.incident.opening) == ("investigating", 2)
        assert pages(simulation) == [(0, "alice"), (9, "alice")]
        assert said(simulation.incident, "reopened: HighErrorRate fires again")

    def test_so_does_an_alert_that_was_never_seen(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved())
        happens(simulation, 9, alerts(alert("f2", since=8)))
        assert not simulation.incident.resolved

    def test_a_repeat_of_the_old_episode_is_told_and_nobody_is_paged(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 9, alerts(alert()))
        assert simulation.incident.resolved
        assert said(simulation.incident, "HighErrorRate still fires although the incident was resolved")
        assert pages(simulation) == [(0, "alice")]

    def test_but_if_it_still_fires_at_the_end_the_incident_is_reopened(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved(by="Alice"))
        simulation.run_to(at(18))
        assert pages(simulation) == [(0, "alice"), (18, "alice")]
        assert said(simulation.incident, "HighErrorRate still fires at the end of the verification time")

    def test_a_repeat_that_was_overtaken_by_its_resolution_reopens_nothing(self) -> None:
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved")))
        happens(simulation, 4, alerts(alert()))
        simulation.run_to(at(60))
        assert pages(simulation) == [(0, "alice")]
        assert simulation.incident.closed_at == at(18)

    def test_and_if_it_resolves_in_time_the_incident_closes(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 9, alerts(alert(status="resolved")))
        simulation.run_to(at(18))
        assert simulation.incident.closed_at == at(18)

    def test_a_storm_that_was_too_large_to_track_does_not_reopen_it_by_repeating(self) -> None:
        storm = [alert(f"f{n}") for n in range(IncidentBounds.alerts + 1)]
        simulation = born(*storm)
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 5, alerts(*storm))
        assert simulation.incident.resolved

    def test_the_resolution_that_comes_after_a_persons_is_no_news(self) -> None:
        simulation = born()
        happens(simulation, 3, Resolved(by="Alice", text="rolled back"))
        happens(simulation, 5, alerts(alert(status="resolved")))
        assert (simulation.incident.resolved_by, simulation.incident.resolution) == ("Alice", "rolled back")


class TestWhenItIsOver:
    @pytest.fixture
    def over(self) -> Simulation:
        """Closed, except that the shell has not ended yet."""
        simulation = born()
        happens(simulation, 3, alerts(alert(status="resolved")))
        simulation.run_to(at(18))
        assert simulation.incident.closed_at == at(18)
        return simulation

    def test_an_alert_that_fires_opens_the_next_incident(self, over: Simulation) -> None:
        happens(over, 19, alerts(alert(since=19)))
        assert [a.fingerprint for a in over.incident.successor] == ["f1"]
        assert said(over.incident, "HighErrorRate fired after this incident was over: a new incident opens")
        assert over.incident.opening == 1

    def test_nor_is_one_lost_that_was_received_just_before_the_end_and_read_after_it(self, over: Simulation) -> None:
        incident = apply(BOOK, over.incident, alerts(alert(since=17)).model_copy(update={"at": at(17.9)}))
        assert [a.fingerprint for a in incident.successor] == ["f1"]
        assert (incident.opening, incident.phase) == (1, "resolved")

    def test_it_is_carried_over_once_however_often_it_is_repeated(self, over: Simulation) -> None:
        happens(over, 19, alerts(alert(since=19)))
        happens(over, 20, alerts(alert(since=19)))
        assert len(over.incident.successor) == 1

    def test_reopened_by_a_person_it_takes_them_back_with_all_that_they_count(self, over: Simulation) -> None:
        happens(over, 19, alerts(alert(since=19, count=2)))
        happens(over, 20, alerts(alert(since=19)))
        after = reopen(over.incident, at(21), "reopened")
        assert after.alerts["f1"].count == 5
        assert after.alerts_total == 5

    def test_not_if_it_has_resolved_before_that_could_open(self, over: Simulation) -> None:
        happens(over, 19, alerts(alert(since=19), alert("f2", since=19)))
        happens(over, 20, alerts(alert(since=19, status="resolved")))
        assert [a.fingerprint for a in over.incident.successor] == ["f2"]

    @pytest.mark.parametrize("status", ["resolved", "firing"])
    def test_an_older_episode_that_arrives_late_does_not_take_it_back(self, over: Simulation, status: str) -> None:
        happens(over, 19, alerts(alert(since=19)))
        happens(over, 20, alerts(alert(since=0, status=status), alert(since=0, status="resolved")))
        assert [(a.fingerprint, a.starts_at) for a in over.incident.successor] == [("f1", at(19))]

    def test_an_alert_that_resolves_opens_nothing(self, over: Simulation) -> None:
        happens(over, 19, alerts(alert(status="resolved")))
        assert over.incident.successor == ()

    def test_after_a_cancellation_it_opens_the_next_incident_too(self) -> None:
        simulation = born()
        happens(simulation, 3, Cancelled())
        happens(simulation, 4, alerts(alert(since=4)))
        assert len(simulation.incident.successor) == 1


class TestARisingSeverity:
    """Alerts raise it, when they say something graver than they ever did. They never lower it."""

    LADDERS = runbook({"sev1": severity(tier("bob")), "sev3": severity(tier("alice"))})

    def less_grave(self, *batch: Alert) -> Simulation:
        simulation = opened(self.LADDERS, severity="sev3")
        simulation.happen(alerts(*(batch or (alert(severity="sev3"),))))
        return simulation

    @pytest.mark.parametrize(
        ("told", "severity"),
        [
            ([alert(severity="sev1")], "sev1"),
            ([alert("f2", severity="sev1")], "sev1"),
            ([alert("f2", severity="sev1"), alert("f3", severity="sev3")], "sev1"),
            ([alert("f2", severity="sev4")], "sev3"),
            ([alert("f2", severity="sev1", status="resolved")], "sev3"),
            ([alert("f2")], "sev3"),
        ],
    )
    def test_the_gravest_that_fires_decides(self, told: list[Alert], severity: str) -> None:
        simulation = self.less_grave()
        happens(simulation, 3, alerts(*told))
        assert simulation.incident.severity == severity

    def test_the_graver_ladder_is_called_at_once_and_people_are_told_why(self) -> None:
        simulation = self.less_grave()
        happens(simulation, 3, alerts(alert(severity="sev1")))
        assert pages(simulation) == [(0, "alice"), (3, "bob")]
        assert said(simulation.incident, "the alerts raised the severity from SEV-3 to SEV-1: HighErrorRate fires")

    def test_what_people_have_lowered_a_repeat_does_not_raise(self) -> None:
        simulation = self.less_grave(alert(severity="sev3"))
        happens(simulation, 3, alerts(alert(severity="sev1")))
        happens(simulation, 4, SeverityChanged(severity="sev3", by="Alice"))
        happens(simulation, 5, alerts(alert(severity="sev1")))
        happens(simulation, 6, alerts(alert(severity="sev1", status="resolved")))
        assert simulation.incident.severity == "sev3"

    def test_another_alert_that_is_as_grave_does(self) -> None:
        simulation = self.less_grave(alert(severity="sev1"))
        happens(simulation, 4, SeverityChanged(severity="sev3", by="Alice"))
        happens(simulation, 5, alerts(alert("f2", severity="sev1")))
        assert simulation.incident.severity == "sev1"

    def test_a_return_that_is_graver_reopens_and_raises(self) -> None:
        simulation = self.less_grave()
        happens(simulation, 3, alerts(alert(severity="sev3", status="resolved")))
        happens(simulation, 5, alerts(alert(severity="sev1", since=5)))
        assert (simulation.incident.severity, simulation.incident.opening) == ("sev1", 2)

    def test_alerts_that_are_too_many_to_be_kept_raise_it_once(self) -> None:
        simulation = self.less_grave(*(alert(f"f{n}", severity="sev3") for n in range(IncidentBounds.alerts)))
        happens(simulation, 3, alerts(alert("one-more", severity="sev1")))
        assert simulation.incident.gravest == "sev1"
        happens(simulation, 4, SeverityChanged(severity="sev3", by="Alice"))
        happens(simulation, 5, alerts(alert("one-more", severity="sev1")))
        assert simulation.incident.severity == "sev3"


def grouped(fingerprint: str, group: str = "g", **more: Any) -> Alert:
    return alert(fingerprint, group=group, **more)


def ends_as_a_whole(*listed: Alert, at_minute: float, group: str = "g") -> AlertsReceived:
    """A group has resolved, and these of it are listed, which ended at that minute at the latest."""
    return alerts(*listed).model_copy(update={"ended": {group: at(at_minute)}})


class TestAGroupThatEndsAsAWhole:
    """Alertmanager lists only what it remembers, after its restart not what it had told before."""

    def born(self, *batch: Alert, book: Runbook = BOOK) -> Simulation:
        simulation = opened(book)
        simulation.happen(alerts(*batch))
        return simulation

    def test_it_ends_what_is_not_listed_too_and_so_the_incident(self) -> None:
        simulation = self.born(grouped("a"), grouped("b"))
        happens(simulation, 4, ends_as_a_whole(grouped("a", status="resolved"), at_minute=3))
        assert simulation.incident.resolved_at == at(4)
        assert said(simulation.incident, "HighErrorRate is over with its group")
        simulation.run_to(at(600))
        assert pages(simulation) == [(0, "alice")]

    def test_also_when_it_lists_only_what_was_never_heard_of(self) -> None:
        simulation = self.born(grouped("a"), grouped("b"))
        happens(simulation, 30, ends_as_a_whole(grouped("c", status="resolved"), at_minute=29))
        assert simulation.incident.resolved

    def test_other_groups_of_the_same_incident_go_on(self) -> None:
        """The runbook's `group_by` has made one incident of several groups."""
        simulation = self.born(grouped("a"), grouped("b"), grouped("x", "other"))
        happens(simulation, 30, ends_as_a_whole(grouped("a", status="resolved"), at_minute=29))
        assert [each.fingerprint for each in simulation.incident.firing] == ["x"]
        assert not simulation.incident.resolved

    def test_what_began_after_the_last_end_that_it_lists_goes_on(self) -> None:
        """It came late: the group has begun anew since it was sent."""
        simulation = self.born(grouped("a"))
        happens(simulation, 35, alerts(grouped("b", since=34), grouped("a", since=34)))
        happens(simulation, 36, ends_as_a_whole(grouped("a", status="resolved"), at_minute=29))
        assert [each.fingerprint for each in simulation.incident.firing] == ["a", "b"]

    def test_what_began_at_the_last_end_that_it_lists_ends_too(self) -> None:
        simulation = self.born(grouped("a"), grouped("b", since=3))
        happens(simulation, 4, ends_as_a_whole(grouped("a", status="resolved"), at_minute=3))
        assert simulation.incident.resolved

    def test_also_when_it_lists_only_an_older_end_of_it(self) -> None:
        simulation = self.born(grouped("a", since=5), grouped("b"))
        happens(simulation, 9, ends_as_a_whole(grouped("a", status="resolved"), at_minute=8))
        assert simulation.incident.resolved

    @pytest.mark.parametrize("then", [(), (0,)], ids=["", "although an older one comes again"])
    def test_what_was_too_much_to_keep_and_began_after_it_goes_on(self, then: tuple[int, ...]) -> None:
        simulation = self.born(*(grouped(f"f{n}") for n in range(IncidentBounds.alerts)))
        for moment, began in enumerate((34, *then), start=35):
            happens(simulation, moment, alerts(grouped("one-more", since=began)))
        happens(simulation, 38, ends_as_a_whole(grouped("f0", status="resolved"), at_minute=29))
        assert simulation.incident.firing == ()
        assert not simulation.incident.resolved

    def test_what_was_too_much_to_keep_ends_with_it(self) -> None:
        storm = [grouped(f"f{n}") for n in range(IncidentBounds.alerts + 5)]
        simulation = self.born(*storm)
        happens(simulation, 30, ends_as_a_whole(grouped("f0", status="resolved"), at_minute=29))
        assert simulation.incident.resolved

    def test_and_so_does_what_the_source_left_out_before(self) -> None:
        simulation = opened(BOOK)
        simulation.happen(alerts(grouped("a")).model_copy(update={"truncated": 7}))
        happens(simulation, 30, ends_as_a_whole(grouped("a", status="resolved"), at_minute=29))
        assert simulation.incident.resolved

    def test_what_was_too_much_of_another_group_does_not(self) -> None:
        storm = [grouped(f"f{n}", "other") for n in range(IncidentBounds.alerts + 5)]
        simulation = self.born(*storm, grouped("a"))
        gone = [grouped(f"f{n}", "other", status="resolved") for n in range(IncidentBounds.alerts)]
        happens(simulation, 30, alerts(*gone))
        happens(simulation, 31, ends_as_a_whole(grouped("a", status="resolved"), at_minute=29))
        assert simulation.incident.firing == ()
        assert not simulation.incident.resolved

    def test_what_the_sender_says_to_fire_after_that_does(self) -> None:
        """It was silenced over there, and so not listed."""
        simulation = self.born(grouped("a"), grouped("b"))
        happens(simulation, 4, ends_as_a_whole(grouped("a", status="resolved"), at_minute=3))
        happens(simulation, 9, alerts(grouped("a"), grouped("b")))
        assert [each.fingerprint for each in simulation.incident.firing] == ["b"]
        assert pages(simulation) == [(0, "alice"), (9, "alice")]

    def test_after_the_end_it_takes_back_what_was_to_open_the_next_incident(self) -> None:
        simulation = self.born(grouped("a"))
        happens(simulation, 3, alerts(grouped("a", status="resolved")))
        simulation.run_to(at(18))
        happens(simulation, 19, alerts(grouped("a", since=19), grouped("b", since=19)))
        happens(simulation, 20, ends_as_a_whole(grouped("a", since=19, status="resolved"), at_minute=20))
        assert simulation.incident.successor == ()

    def test_the_runbook_may_leave_the_end_to_people_all_the_same(self) -> None:
        simulation = self.born(grouped("a"), grouped("b"), book=UNMOVED)
        happens(simulation, 30, ends_as_a_whole(grouped("a", status="resolved"), at_minute=29))
        assert simulation.incident.firing == ()
        assert not simulation.incident.resolved


def endless(fingerprint: str = "f1", **more: Any) -> Alert:
    """Of a sender that never says that it is over."""
    return alert(fingerprint, name="BackupFailed", ends="never", **more)


class TestAnAlertThatNeverEndsByItself:
    def test_the_timeline_says_that_a_person_has_to(self) -> None:
        simulation = born(endless())
        assert said(simulation.incident, "BackupFailed: its sender may never say when it is over: resolve it by hand")

    def test_a_person_has_the_last_word(self) -> None:
        simulation = born(endless())
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 5, alerts(endless()))  # the same again
        simulation.run_to(at(600))
        assert pages(simulation) == [(0, "alice")]
        assert not said(simulation.incident, "still fires")
        assert simulation.incident.closed_at == at(18)

    def test_also_at_the_pager(self) -> None:
        simulation = born(endless())
        (ring,) = simulation.incident.rings
        happens(simulation, 3, Resolved(by="Alice", via="pagerduty", ring=ring))
        simulation.run_to(at(600))
        assert simulation.incident.closed_at == at(18)

    def test_a_newer_occurrence_reopens_it(self) -> None:
        simulation = born(endless())
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 9, alerts(endless(since=8)))
        assert pages(simulation) == [(0, "alice"), (9, "alice")]

    def test_beside_one_that_can_end_only_that_one_reopens_it(self) -> None:
        simulation = born(endless("b"), alert("a"))
        happens(simulation, 3, Resolved(by="Alice"))
        simulation.run_to(at(18))
        assert said(simulation.incident, "HighErrorRate still fires at the end of the verification time")
        assert [each.fingerprint for each in simulation.incident.firing] == ["a"]
        happens(simulation, 20, alerts(alert("a", status="resolved")))
        simulation.run_to(at(600))
        assert simulation.incident.closed_at == at(35)

    def test_until_then_the_incident_does_not_resolve_by_itself(self) -> None:
        simulation = born(endless("b"), alert("a"))
        happens(simulation, 3, alerts(alert("a", status="resolved")))
        assert not simulation.incident.resolved

    def test_an_end_that_comes_all_the_same_counts(self) -> None:
        simulation = born(endless())
        happens(simulation, 3, alerts(endless(status="resolved")))
        assert simulation.incident.resolved_by == "the alerts"

    def test_who_takes_the_end_back_has_it_fire_again(self) -> None:
        simulation = born(endless("b"), alert("a"))
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 5, Reopened(by="Bob", reason="it is still broken"))
        happens(simulation, 6, alerts(alert("a", status="resolved")))
        assert [each.fingerprint for each in simulation.incident.firing] == ["b"]
        assert not simulation.incident.resolved

    def test_its_repeat_opens_nothing_while_the_incident_waits_to_close(self) -> None:
        simulation = born(endless())
        happens(simulation, 3, Resolved(by="Alice"))
        simulation.run_to(at(18))
        happens(simulation, 18.5, alerts(endless()))
        assert simulation.incident.successor == ()


def test_many_news_are_one_line() -> None:
    simulation = born(alert("f1"), alert("f2"), alert("f3", name="Latency"))
    assert said(simulation.incident, "HighErrorRate fires (2x), Latency fires")


class TestWithoutAStartTime:
    """Such an alert is dated by its arrival. As long as it has not ended, that is no new beginning."""

    def test_a_repeat_does_not_reopen_what_a_person_resolved(self) -> None:
        simulation = born(undated(0))
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 5, alerts(undated(5)))
        assert pages(simulation) == [(0, "alice")]
        assert said(simulation.incident, "HighErrorRate still fires although the incident was resolved")

    def test_an_end_that_is_older_than_the_last_repeat_is_late_and_ends_nothing(self) -> None:
        simulation = born(undated(0))
        happens(simulation, 3, alerts(undated(3)))
        happens(simulation, 4, alerts(alert(since=2, dated=False, status="resolved")))
        assert not simulation.incident.resolved

    def test_whether_the_incident_is_over_is_asked_at_the_end_of_the_verification_time(self) -> None:
        simulation = born(undated(0))
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 5, alerts(undated(5)))
        simulation.run_to(at(18))
        assert pages(simulation) == [(0, "alice"), (18, "alice")]

    @pytest.mark.parametrize(
        "heard",
        [
            [alerts(alert(since=5, dated=False, status="resolved")), alerts(alert(since=6, dated=False))],
            [alerts(alert(since=5, dated=False, status="resolved"), alert(since=6, dated=False))],
            [alerts(alert("f2", since=6, dated=False))],
            [alerts(alert(since=6))],
        ],
        ids=["ended before", "ended before in one message", "another", "it says that it began anew"],
    )
    def test_what_has_ended_and_comes_back_or_is_new_reopens_it(self, heard: list[AlertsReceived]) -> None:
        simulation = born(undated(0))
        happens(simulation, 3, Resolved(by="Alice"))
        for event in heard:
            happens(simulation, 6, event)
        assert pages(simulation) == [(0, "alice"), (6, "alice")]

    def test_each_message_of_one_that_never_ends_by_itself_is_news_once_the_incident_is_over(self) -> None:
        simulation = born(endless(dated=False))
        happens(simulation, 3, Resolved(by="Alice"))
        happens(simulation, 9, alerts(endless(since=9, dated=False)))
        assert pages(simulation) == [(0, "alice"), (9, "alice")]


def undated(since: float) -> Alert:
    return alert(since=since, dated=False)
