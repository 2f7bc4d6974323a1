"""The status page: what it must say, when, and who lets it out."""

from tests.policy.builders import (
    at,
    happens,
    minutes,
    opened,
    opening,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from tests.policy.shell import NEVER, Fate, PolicyRunner, begun, fates
from workflows.policy.effects.effects import Publish
from workflows.policy.incident.events import (
    Cancelled,
    DraftApproved,
    FlagChanged,
    Mitigated,
    Reopened,
    Resolved,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

APPROVED = DraftApproved(by="Bob")


def public(*automatic: str, **more: object) -> Runbook:
    terms = {"owner": "communications", "automatic": automatic}
    return runbook(severity(tier("alice"), status_page=terms | more))


def published(simulation: Simulation) -> list[tuple[float, str]]:
    """What the world was told, and at which minute."""
    found = [(when, demand.effect) for when, demand in sends(simulation, "publish/")]
    return [(when, effect.status) for when, effect in found if isinstance(effect, Publish)]


def words(simulation: Simulation) -> list[str | None]:
    return [d.effect.words for _, d in sends(simulation, "publish/") if isinstance(d.effect, Publish)]


def test_one_update_at_a_time_is_on_its_way_so_that_the_newest_has_the_last_word() -> None:
    """The earlier one is withdrawn; but until that is certain it may still arrive."""
    shell = PolicyRunner.of(opening(public("investigating", "monitoring")), fates(publish=NEVER))
    shell.run_to(at(5))
    shell.incident = apply(shell.book, shell.incident, Mitigated(at=at(5)))
    waiting = [(wanted.demand.duty, wanted.waits_for) for wanted in shell.look().waiting]
    assert waiting == [("publish/monitoring", "the update before it to end")]
    shell.turn()
    assert begun(shell, "publish") == [0, 5]


class TestAutomatic:
    def test_goes_out_by_itself_at_its_time(self) -> None:
        simulation = opened(public("investigating", first="10m"))
        simulation.run_to(at(11))
        assert published(simulation) == [(10, "investigating")]

    def test_a_change_of_phase_goes_out_at_once(self) -> None:
        simulation = opened(public("investigating", "monitoring", "resolved"))
        happens(simulation, 20, Mitigated())
        happens(simulation, 30, Resolved())
        assert published(simulation) == [(0, "investigating"), (20, "monitoring"), (30, "resolved")]

    def test_the_same_incident_of_the_page_is_updated(self) -> None:
        simulation = opened(public("investigating", "resolved"))
        happens(simulation, 30, Resolved())
        targets = [d.effect.page_incident for _, d in sends(simulation, "publish/") if isinstance(d.effect, Publish)]
        assert targets == [None, "ref:publish/investigating/1"]

    def test_it_is_repeated_at_its_intervals_from_the_last_one_posted(self) -> None:
        simulation = opened(public("investigating", every="30m"))
        happens(simulation, 10, UpdatePosted(by="Bob", text="Payments are slow.", public=True))
        simulation.run_to(at(71))
        assert published(simulation) == [(m, "investigating") for m in (0, 10, 40, 70)]

    def test_nothing_was_public_so_there_is_nothing_to_take_back(self) -> None:
        simulation = opened(public("investigating", "resolved", first="10m"))
        happens(simulation, 5, Resolved())
        simulation.run_to(at(60))
        assert published(simulation) == []

    def test_a_reopening_is_public_too(self) -> None:
        simulation = opened(public("investigating", "resolved"))
        happens(simulation, 5, Resolved())
        happens(simulation, 9, Reopened())
        assert published(simulation) == [(0, "investigating"), (5, "resolved"), (9, "investigating")]

    def test_a_cancelled_incident_that_was_public_is_resolved_publicly(self) -> None:
        simulation = opened(public("investigating", "resolved"))
        happens(simulation, 5, Cancelled())
        assert published(simulation) == [(0, "investigating"), (5, "resolved")]

    def test_a_cancelled_incident_that_was_not_public_stays_so(self) -> None:
        simulation = opened(public("investigating", "resolved", first="10m"))
        happens(simulation, 5, Cancelled())
        assert published(simulation) == []

    def test_what_fails_for_good_is_handed_to_whom_owes_it(self) -> None:
        simulation = opened(public("investigating"), {"publish/investigating": "rejected"})
        assert said(simulation.incident, "do this by hand: status page: investigating (simulated)")
        asked = [post(d).mention for _, d in sends(simulation, "tell/") if post(d).template == "by_hand"]
        assert asked == [("bob",)]


class TestWhatMayHaveArrived:
    """A send that was withdrawn or given up may have got through all the same."""

    BOOK = public("investigating", "identified", "resolved")

    def test_a_first_update_that_was_under_way_is_taken_back_by_the_resolution(self) -> None:
        shell = PolicyRunner.of(opening(self.BOOK), fates(publish=NEVER))
        shell.fate = fates()
        shell.happens(0.5, Resolved())
        assert begun(shell, "publish/resolved") == [0.5]
        assert shell.incident.public.status == "resolved"

    def test_so_is_one_that_was_given_up(self) -> None:
        shell = PolicyRunner.of(opening(self.BOOK), fates(publish=Fate("undelivered", minutes(5))))
        shell.run_to(at(6))
        shell.fate = fates()
        shell.happens(7, Resolved())
        assert begun(shell, "publish/resolved") == [7]

    def test_so_is_one_of_a_cancelled_incident(self) -> None:
        shell = PolicyRunner.of(opening(self.BOOK), fates(publish=NEVER))
        shell.fate = fates()
        shell.happens(0.5, Cancelled())
        assert begun(shell, "publish/resolved") == [0.5]

    def test_so_is_one_that_the_runbook_no_longer_wants(self) -> None:
        flagged = public("investigating", "resolved", when={"flags": ["customer-facing"]})
        shell = PolicyRunner.of(opening(flagged, flags=("customer-facing",)), fates(publish=NEVER))
        shell.happens(1, FlagChanged(flag="customer-facing", on=False))
        shell.fate = fates()
        shell.happens(2, Resolved())
        assert begun(shell, "publish/resolved") == [2]

    def test_the_page_is_told_one_thing_after_the_other(self) -> None:
        """Or the earlier one could arrive last, and stay."""
        shell = PolicyRunner.of(opening(self.BOOK), fates(publish=NEVER))
        shell.happens(1, UpdatePosted(text="found it", phase="identified"))
        order = [s.demand.key for s in shell.landed if s.demand.duty.startswith("publish")]
        assert order == ["publish/investigating/1"]
        assert [key for key in shell.flying if key.startswith("publish")] == ["publish/identified/1"]


class TestDrafted:
    def test_a_draft_waits_for_approval(self) -> None:
        simulation = opened(public())
        simulation.run_to(at(600))
        assert times(simulation, "draft/investigating") == [0]
        assert published(simulation) == []

    def test_it_is_shown_to_whoever_owes_it(self) -> None:
        simulation = opened(public())
        ((_, draft),) = sends(simulation, "draft/investigating")
        assert (post(draft).kind, post(draft).mention) == ("draft", ("bob",))

    def test_approved_it_goes_out_as_drafted(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, APPROVED)
        assert published(simulation) == [(8, "investigating")]
        assert words(simulation) == [None]

    def test_approved_with_other_words_it_goes_out_in_those(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, DraftApproved(by="Bob", text="Payments are slow."))
        assert words(simulation) == ["Payments are slow."]

    def test_an_approval_serves_for_one_draft(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, APPROVED)
        happens(simulation, 20, Mitigated())
        assert times(simulation, "draft/monitoring") == [20]
        assert published(simulation) == [(8, "investigating")]

    def test_a_snooze_holds_back_no_draft(self) -> None:
        """It is no nag: people outside wait for it."""
        simulation = opened(public(first="10m"))
        happens(simulation, 1, Snoozed.model_validate({"duration": "7d"}))
        simulation.run_to(at(11))
        assert times(simulation, "draft/investigating") == [10]
        happens(simulation, 20, Resolved())
        simulation.run_to(at(21))
        assert times(simulation, "draft/") == [10]
        happens(simulation, 22, Reopened())
        happens(simulation, 22, Mitigated())
        assert times(simulation, "draft/monitoring") == [22]

    def test_a_snooze_holds_back_nothing_that_is_approved_or_goes_out_unless_somebody_objects(self) -> None:
        simulation = opened(public(first="10m", anyway_after="15m"))
        happens(simulation, 1, Snoozed.model_validate({"duration": "2h"}))
        simulation.run_to(at(26))
        assert published(simulation) == [(25, "investigating")]
        simulation = opened(public(first="10m"))
        happens(simulation, 1, Snoozed.model_validate({"duration": "2h"}))
        happens(simulation, 12, APPROVED)
        assert published(simulation) == [(12, "investigating")]

    def test_an_approval_without_a_draft_is_only_noted(self) -> None:
        simulation = opened(public("investigating"))
        happens(simulation, 8, APPROVED)
        assert published(simulation) == [(0, "investigating")]
        assert said(simulation.incident, "Bob approved, but no draft was waiting")

    def test_not_approved_in_time_it_goes_out_anyway_where_the_runbook_says_so(self) -> None:
        simulation = opened(public(anyway_after="20m"))
        simulation.run_to(at(21))
        assert published(simulation) == [(20, "investigating")]
        assert sends(simulation, "publish/investigating")[0][1].reason == "not approved within 20m"

    def test_the_time_to_approve_counts_from_when_the_draft_was_there_to_read(self) -> None:
        flagged = public(anyway_after="20m", when={"flags": ["customer-facing"]})
        simulation = opened(flagged)
        happens(simulation, 60, FlagChanged(flag="customer-facing"))
        simulation.run_to(at(81))
        assert times(simulation, "draft/investigating") == [60]
        assert published(simulation) == [(80, "investigating")]

    def test_the_next_draft_counts_from_the_deadline_that_was_missed(self) -> None:
        simulation = opened(public(every="30m"))
        simulation.run_to(at(61))
        assert times(simulation, "draft/investigating") == [0, 30, 60]

    def test_or_from_what_was_posted(self) -> None:
        simulation = opened(public(every="30m"))
        happens(simulation, 10, APPROVED)
        simulation.run_to(at(41))
        assert times(simulation, "draft/investigating") == [0, 40]

    def test_a_draft_that_nobody_approved_leaves_nothing_public_to_resolve(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, Resolved())
        assert times(simulation, "draft/resolved") == []

    def test_a_resolution_waits_for_approval_like_everything_else(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, APPROVED)
        happens(simulation, 20, Resolved())
        assert times(simulation, "draft/resolved") == [20]
        happens(simulation, 25, APPROVED)
        assert published(simulation) == [(8, "investigating"), (25, "resolved")]

    def test_the_incident_does_not_close_over_a_draft_of_its_resolution(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, APPROVED)
        happens(simulation, 20, Resolved())
        happens(simulation, 50, APPROVED)
        assert published(simulation) == [(8, "investigating"), (50, "resolved")]
        assert simulation.incident.closed_at == at(50)

    def test_but_does_not_wait_for_ever(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, APPROVED)
        happens(simulation, 20, Resolved())
        simulation.run_to(at(600))
        assert simulation.incident.closed_at == at(20 + 15 + 60)
        assert said(simulation.incident, "closed, although the status page still says investigating")


class TestOnlyUnderACondition:
    FLAGGED = public("investigating", "resolved", when={"flags": ["customer-facing"]})
    SET = FlagChanged(flag="customer-facing")

    def test_without_the_flag_nothing_is_public(self) -> None:
        simulation = opened(self.FLAGGED)
        simulation.run_to(at(60))
        assert published(simulation) == []

    def test_nor_is_its_end(self) -> None:
        simulation = opened(self.FLAGGED)
        happens(simulation, 9, Resolved())
        simulation.run_to(at(60))
        assert published(simulation) == []

    def test_an_end_that_is_held_back_goes_out_once_it_is_approved_and_is_asked_for_once(self) -> None:
        """Its text has something that nobody has filled in."""
        shell = PolicyRunner.of(opening(self.FLAGGED), lambda d: Fate())
        shell.happens(1, self.SET)
        shell.happens(2, FlagChanged(flag="customer-facing", on=False))
        shell.fate = lambda d: Fate("withheld") if d.duty == "publish/resolved" else Fate()
        shell.happens(9, Resolved())
        assert begun(shell, "publish/resolved") == [9]
        shell.fate = lambda d: Fate()
        shell.happens(12, DraftApproved(by="Bob", text="It is over."))
        assert begun(shell, "publish/resolved") == [9, 12]

    def test_when_the_flag_is_set_later_it_goes_out_at_once(self) -> None:
        simulation = opened(self.FLAGGED)
        happens(simulation, 40, self.SET)
        assert published(simulation) == [(40, "investigating")]

    def test_when_the_flag_is_cleared_it_is_still_resolved_publicly(self) -> None:
        simulation = opened(self.FLAGGED)
        happens(simulation, 1, self.SET)
        happens(simulation, 2, FlagChanged(flag="customer-facing", on=False))
        happens(simulation, 9, Resolved())
        assert published(simulation) == [(1, "investigating"), (9, "resolved")]

    def test_when_a_lower_severity_has_no_page_it_is_still_resolved_publicly(self) -> None:
        both = runbook({"sev1": public("investigating").severities["sev1"], "sev2": severity(tier("alice"))})
        simulation = opened(both)
        happens(simulation, 2, SeverityChanged(severity="sev2"))
        happens(simulation, 9, Resolved())
        assert published(simulation) == [(0, "investigating"), (9, "resolved")]

    def test_withdrawn_and_wanted_again_it_is_published_after_all(self) -> None:
        shell = PolicyRunner.of(opening(self.FLAGGED), lambda d: NEVER if d.duty.startswith("publish") else Fate())
        shell.happens(1, self.SET)
        shell.happens(2, FlagChanged(flag="customer-facing", on=False))
        assert shell.flying == {}
        shell.happens(3, self.SET)
        assert list(shell.flying) == ["publish/investigating/1"]


class TestAHumansOwnWords:
    def test_go_out_at_once_and_need_no_approval(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, UpdatePosted(by="Bob", text="Payments are slow.", public=True))
        assert published(simulation) == [(8, "investigating")]
        assert words(simulation) == ["Payments are slow."]

    def test_go_out_even_where_the_runbook_has_no_page(self) -> None:
        simulation = opened(runbook(severity(tier("alice"))))
        happens(simulation, 8, UpdatePosted(text="Payments are slow.", public=True, phase="identified"))
        happens(simulation, 9, Resolved())
        assert published(simulation) == [(8, "identified"), (9, "resolved")]

    def test_an_update_that_is_not_public_stays_inside(self) -> None:
        simulation = opened(public())
        happens(simulation, 8, UpdatePosted(text="It was me."))
        assert published(simulation) == []

    def test_two_in_the_same_second_both_go_out(self) -> None:
        simulation = opened(public("investigating"))
        happens(simulation, 0.005, UpdatePosted(text="first", public=True))
        happens(simulation, 0.006, UpdatePosted(text="second", public=True))
        assert words(simulation) == [None, "first", "second"]

    def test_the_later_words_are_not_lost_when_the_earlier_ones_settle_after_them(self) -> None:
        shell = PolicyRunner.of(opening(public("investigating")), lambda d: Fate())
        shell.fate = lambda d: NEVER if d.duty.startswith("publish") else Fate()
        shell.happens(1, UpdatePosted(text="first", public=True))
        first = next(d for _, d in shell.begun if d.key == "publish/investigating/61")
        shell.fate = lambda d: Fate()
        shell.overtaken(first, UpdatePosted(text="second", public=True))
        said_publicly = [d.effect.words for _, d in shell.begun if isinstance(d.effect, Publish)]
        assert said_publicly == [None, "first", "second"]
        assert begun(shell, "publish/") == [0, 1, 1]


def test_what_the_page_said_stands_on_the_timeline() -> None:
    simulation = opened(public("investigating"))
    assert said(simulation.incident, "status page: investigating")
