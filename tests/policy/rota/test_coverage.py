"""What is missing in the days ahead: who is nowhere, who is there twice, and whom nothing leads to. A row, a rule."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import T0, runbook, severity, tier
from workflows.policy.rota.coverage import COVERED_FOR, CoverageGap, coverage, unsaid
from workflows.policy.rota.reached import LeadsNowhere, Reachability
from workflows.policy.rota.shift import NOBODY, Override
from workflows.policy.rota.shifts import shifts
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Tier

DAY = timedelta(days=1)
TURNS = {"rota": ["ann", "ben"], "every": "1d", "from": T0.date() - DAY, "hand_over": "09:00", "zone": "Europe/Berlin"}
NIGHTS_FREE: dict[str, object] = {"hours": {"begin": "08:00", "end": "20:00"}}
PAGED = frozenset({"ann", "ben", "boss"})


def book(ways: dict[str, list[str]] | None = None, turns: dict[str, object] | None = None) -> Runbook:
    people = {
        "on-call": {"name": "On-call", "on_call": TURNS | (turns or {})},
        **{key: {"name": key.title(), "reach": (ways or {}).get(key, ())} for key in ("ann", "ben", "boss")},
    }
    ladder = severity(tier("on-call"), tier("boss", after=15))
    return runbook(ladder, people=people, roles={}, calendar={"zone": "Europe/Berlin"})


def found(of: Runbook, reach: Reachability | None = None, day: int = 0, *swaps: Override) -> tuple[CoverageGap, ...]:
    return found_at(of, reach, T0 + day * DAY, *swaps)


def found_at(of: Runbook, reach: Reachability | None, begin: datetime, *swaps: Override) -> tuple[CoverageGap, ...]:
    terms = of.people["on-call"].on_call
    assert terms is not None
    rosters = {"on-call": shifts(terms, begin, begin + COVERED_FOR, swaps)}
    return coverage(of, rosters, begin, begin + COVERED_FOR, reach)


def lost(person: str, way: str = "ntfy", step: int = 0) -> LeadsNowhere:
    return LeadsNowhere(person, step, way, f"TOCSIN_NTFY_TOPICS has no {person}")


NTFY_AND_SLACK = {"ann": ["ntfy", "slack"]}
ROWS: list[tuple[str, Runbook, Reachability | None, list[tuple[str, str, str]]]] = [
    ("whom pages reach is not known", book(), None, []),
    ("a pager knows everybody", book(), Reachability(PAGED), []),
    (
        "a pager knows the post: who holds it does not matter",
        book(), Reachability(frozenset({"on-call", "boss"})), [],
    ),
    (
        "whoever holds it is known to none",
        book(), Reachability(PAGED - {"ben"}), [("unreachable", "on-call", "no pager knows Ben, who is on call")],
    ),
    (
        "a tier calls somebody whom none knows",
        book(), Reachability(PAGED - {"boss"}), [("unreachable", "boss", "no pager knows Boss, whom a tier calls")],
    ),
    (
        "one of two ways leads nowhere",
        book(NTFY_AND_SLACK), Reachability(PAGED, (lost("ann"),)),
        [("missing", "on-call", "ntfy does not lead to Ann, who is on call (TOCSIN_NTFY_TOPICS has no ann)")],
    ),
    (
        "neither of them does",
        book(NTFY_AND_SLACK), Reachability(PAGED - {"ann"}, (lost("ann"), lost("ann", "slack", 1))),
        [
            ("unreachable", "on-call", "no way leads to Ann, who is on call"),
            ("missing", "on-call", "ntfy does not lead to Ann, who is on call (TOCSIN_NTFY_TOPICS has no ann)"),
            ("missing", "on-call", "a message in Slack does not lead to Ann, who is on call "
             "(TOCSIN_NTFY_TOPICS has no ann)"),
        ],
    ),
    ("a way of somebody whom no page rings", book({"cho": ["ntfy"]}), Reachability(PAGED, (lost("cho"),)), []),
    ("nights are free", book(turns=NIGHTS_FREE), Reachability(PAGED), [("nobody", "on-call", "nobody is On-call")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "reach", "said"), [row[1:] for row in ROWS], ids=[row[0].replace(" ", "-") for row in ROWS]
)
def test_what_is_missing_is_said_of_the_post_or_of_whoever_a_tier_calls(
    of: Runbook, reach: Reachability | None, said: list[tuple[str, str, str]]
) -> None:
    assert sorted((gap.kind, gap.post, gap.why) for gap in found(of, reach)) == sorted(said)


def test_two_tiers_that_are_one_person_are_said_with_their_times() -> None:
    [gap] = found(runbook_of_two())
    assert gap.why == "tiers 1 and 2 of SEV-1 are both Ann"
    assert gap.times == 7  # every other day


def runbook_of_two() -> Runbook:
    of = book()
    ladder = severity(tier("on-call"), tier("ann", after=15))
    return of.model_copy(update={"severities": {"sev1": ladder}})


def differently(plain: Tier, **said: object) -> Tier:
    return plain.model_copy(update=said)


ALICE, BOB = tier("alice"), tier("bob", after=5)
FIRST_AND_SECOND = ["tiers 1 and 2 of SEV-1 are both Alice"]
ALICE_TWICE = [
    ("two tiers of the ladder", (ALICE, tier("alice", after=5)), FIRST_AND_SECOND),
    ("with somebody between", (ALICE, BOB, tier("alice", after=9)), ["tiers 1 and 3 of SEV-1 are both Alice"]),
    ("by her role", (ALICE, differently(tier(after=5), roles=("commander",))), FIRST_AND_SECOND),
    ("because it lasts", (ALICE, differently(tier("alice", after=60), once=True)), []),
    ("because it is of a kind", (ALICE, tier("alice", after=5, flags=("security",))), []),
    ("in two severities", (ALICE, BOB), []),
]


@pytest.mark.parametrize(("tiers", "said"), [row[1:] for row in ALICE_TWICE], ids=[row[0] for row in ALICE_TWICE])
def test_one_person_in_two_tiers_is_said_where_nobody_takes_turns(tiers: tuple[Tier, ...], said: list[str]) -> None:
    """A tier that comes because nobody answered calls somebody else; one that comes for another reason may not."""
    people = {"alice": {"name": "Alice"}, "bob": {"name": "Bob"}}
    roles = {"commander": {"name": "Commander", "falls_to": "alice"}}
    of = runbook(severity(*tiers), people=people, roles=roles)
    of = of.model_copy(update={"severities": {**of.severities, "sev2": of.severities["sev1"]}})
    assert [gap.in_words("UTC", T0) for gap in coverage(of, {}, T0, T0 + COVERED_FOR)] == said


def test_what_somebody_who_is_on_no_rota_lacks_has_no_times() -> None:
    gap, later = (found(book(), Reachability(PAGED - {"boss"}), day)[0] for day in (0, 1))
    assert gap.in_words("Europe/Berlin", T0) == "no pager knows Boss, whom a tier calls"
    assert gap.key == later.key


DAILY = [
    ("nights that are free", book(turns=NIGHTS_FREE), Reachability(PAGED)),
    ("somebody whom no pager knows", book(), Reachability(frozenset())),
    ("a way that leads nowhere", book(NTFY_AND_SLACK), Reachability(PAGED, (lost("ann"),))),
    ("one person in two tiers", runbook_of_two(), Reachability(PAGED)),
    ("nobody at all", book(turns={"from": T0.date() + 90 * DAY}), Reachability(PAGED)),
]


@pytest.mark.parametrize(("of", "reach"), [row[1:] for row in DAILY], ids=[row[0].replace(" ", "-") for row in DAILY])
def test_what_is_missing_day_after_day_is_said_once(of: Runbook, reach: Reachability) -> None:
    """From whatever hour of the day it is looked at."""
    known: tuple[str, ...] = ()
    for look in range(40):
        gaps = found_at(of, reach, T0 + look * timedelta(hours=19))
        assert bool(unsaid(gaps, known)) == (look == 0), look
        known = tuple(gap.key for gap in gaps)


def test_a_gap_of_other_hours_is_new_among_those_that_are_known_and_said_once() -> None:
    of, known, news = book(turns=NIGHTS_FREE), set[str](), []
    holiday = Override(who=NOBODY, begins_at=T0 + 20 * DAY, ends_at=T0 + 21 * DAY)
    for day in range(30):
        gaps = found(of, None, day, holiday)
        news.append(len(unsaid(gaps, known)))
        known = {gap.key for gap in gaps}
    assert [(day, count) for day, count in enumerate(news) if count] == [(0, 1), (8, 1)]


def ends(after: int) -> Override:
    """Nobody has entered who comes then: a calendar that ends looks like this."""
    return Override(who=NOBODY, begins_at=T0 + after * DAY, ends_at=T0 + 400 * DAY)


WORKING_HOURS = {"begin": "06:00", "end": "22:00", "days": ["mon", "tue", "wed", "thu", "fri"]}
WEEKENDS_FREE: dict[str, object] = {"hours": WORKING_HOURS}


@pytest.mark.parametrize("free", [{}, NIGHTS_FREE, WEEKENDS_FREE], ids=["never", "at-night", "at-weekends"])
def test_a_rota_that_ends_is_said_once_though_other_gaps_are_known(free: dict[str, object]) -> None:
    of, known, said = book(turns=free), set[str](), []
    for day in range(60):
        gaps = found(of, None, day, ends(after=30))
        said += [(day, gap.in_words("UTC", T0 + day * DAY)) for gap in unsaid(gaps, known) if day]
        known = {gap.key for gap in gaps}
    [(day, words)] = said
    assert 30 - COVERED_FOR.days <= day <= 30 - COVERED_FOR.days + 3  # as soon as it is longer than what comes round
    assert words.startswith("nobody is On-call from ")
    assert words.endswith(" on, as far as is known")


def test_whoever_is_missing_from_now_on_is_new_though_nights_without_anybody_are_known() -> None:
    of, now = book(turns=NIGHTS_FREE), T0 + 5 * DAY
    known = {gap.key for gap in found_at(of, None, now)}
    ill = Override(who=NOBODY, begins_at=now - DAY, ends_at=now + 3 * DAY)
    [gap] = unsaid(found_at(of, None, now, ill), known)
    assert " to " in gap.in_words("Europe/Berlin", now)


def test_a_day_without_anybody_that_has_begun_is_new_though_it_is_short() -> None:
    of, night = book(turns=NIGHTS_FREE), T0.replace(hour=23)
    known = {gap.key for gap in found_at(of, None, night)}
    assert unsaid(found_at(of, None, night + DAY), known) == []
    ill = Override(who=NOBODY, begins_at=night, ends_at=night + timedelta(hours=19))
    assert len(unsaid(found_at(of, None, night + timedelta(minutes=1), ill), known)) == 1
