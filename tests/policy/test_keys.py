"""Keys of duties and effects: what is written is read as the same, and the strings stay what they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.builders import T0, ladder, minutes, tier
from workflows.policy.keys.duty_keys import (
    BESIDE_THE_LADDER,
    OF_THE_LADDER,
    DutyKey,
    DutyKind,
    EffectKey,
    duty_key,
    duty_of,
    reach_duty,
)
from workflows.policy.simulation.preview import Scenario, simulate_lines

NAMES = st.text() | st.sampled_from(["Alice/Bob", "Alice Bob", "Zoë/1", "1/on-call", "100%", "a%2Fb", "/", "//1", ""])


def _keys(kind: DutyKind) -> st.SearchStrategy[DutyKey]:
    if kind in OF_THE_LADDER:
        return st.builds(DutyKey, st.just(kind), NAMES, st.integers(min_value=0, max_value=99))
    try:
        DutyKey(kind, "x")
    except ValueError:
        return st.just(DutyKey(kind))
    return st.builds(DutyKey, st.just(kind), NAMES)


KEYS = st.sampled_from([kind for kind in DutyKind if kind is not DutyKind.OTHER]).flatmap(_keys)
WRITTEN = [
    ("escalate/1/on-call", DutyKey(DutyKind.ESCALATE, "on-call", 1)),
    ("overdue/1/on-call", DutyKey(DutyKind.OVERDUE, "on-call", 1)),
    ("repeat/12/Alice/Bob", DutyKey(DutyKind.REPEAT, "Alice/Bob", 12)),
    ("call/Alice/Bob", DutyKey(DutyKind.CALL, "Alice/Bob")),
    ("joined/alice", DutyKey(DutyKind.JOINED, "alice")),
    ("fallback/escalate/1/on-call", DutyKey(DutyKind.FALLBACK, "escalate/1/on-call")),
    ("hush/resolved/escalate/1/on-call/1", DutyKey(DutyKind.SYNC_RESOLVED, "escalate/1/on-call/1")),
    ("news/at/alice", DutyKey(DutyKind.NEWS_AT_PAGER, "alice")),
    ("news/channel", DutyKey(DutyKind.NEWS_IN_CHANNEL)),
    ("declaration", DutyKey(DutyKind.DECLARATION)),
    ("declaration/channel", DutyKey(DutyKind.DECLARATION_IN_CHANNEL)),
    ("tell/home", DutyKey(DutyKind.ANNOUNCEMENT, "home")),
    ("duty/war-room", DutyKey(DutyKind.DUTY, "war-room")),
    ("duty-draft/letter", DutyKey(DutyKind.DUTY_DRAFT, "letter")),
    ("review/remind/alice", DutyKey(DutyKind.REVIEW_REMIND, "alice")),
    ("review/opened", DutyKey(DutyKind.REVIEW_OPENED)),
    ("follow-up-3", DutyKey(DutyKind.OTHER, "follow-up-3")),
    ("escalate/first/on-call", DutyKey(DutyKind.OTHER, "escalate/first/on-call")),
    ("escalate/01/on-call", DutyKey(DutyKind.OTHER, "escalate/01/on-call")),
    ("call", DutyKey(DutyKind.OTHER, "call")),
    ("review/something", DutyKey(DutyKind.OTHER, "review/something")),
]


@pytest.mark.parametrize(("written", "key"), WRITTEN)
def test_a_key_is_written_as_ever(written: str, key: DutyKey) -> None:
    assert (str(key), DutyKey.parse(written)) == (written, key)


@given(KEYS)
def test_what_is_written_is_read_as_the_same(key: DutyKey) -> None:
    assert DutyKey.parse(str(key)) == key
    assert duty_of(duty_key(key.kind, key.name, key.tier)) == key


@given(st.text() | KEYS.map(str))
def test_every_string_is_kept_byte_for_byte(written: str) -> None:
    assert str(DutyKey.parse(written)) == written


@given(KEYS, st.integers(min_value=-(10**12), max_value=10**12))
def test_an_occurrence_is_found_behind_any_name(duty: DutyKey, occurrence: int) -> None:
    key = EffectKey(duty, occurrence)
    assert EffectKey.parse(str(key)) == key


@pytest.mark.parametrize("written", ["", "gap", "gap/", "gap/x", "gap/01", "gap/-0", "gap/١", "gap/ 1", "gap/1_0"])
def test_what_has_no_occurrence_is_the_key_of_no_effect(written: str) -> None:
    assert EffectKey.parse(written) is None


@pytest.mark.parametrize("kind", [kind for kind in DutyKind if kind is not DutyKind.REACH])  # which is below
def test_only_pages_name_a_person_who_is_paged(kind: DutyKind) -> None:
    key = duty_of(f"{kind}/1/Alice/Bob" if kind in OF_THE_LADDER else f"{kind}/Alice/Bob")
    pages = kind in OF_THE_LADDER | BESIDE_THE_LADDER
    assert (key.is_page, key.person) == (pages, "Alice/Bob" if pages else "")
    assert (key.of_the_ladder, key.beside_the_ladder) == (kind in OF_THE_LADDER, kind in BESIDE_THE_LADDER)


def test_what_stands_beside_a_page_is_a_page_to_the_same_person() -> None:
    key = duty_of(reach_duty(2, duty_key(DutyKind.ESCALATE, "Alice/Bob", 1)))
    assert (key.kind, key.is_page, key.person) == (DutyKind.REACH, True, "Alice/Bob")
    assert duty_of("reach/2/duty/war-room").person == ""


@pytest.mark.parametrize(
    ("kind", "name", "tier"),
    [(DutyKind.ESCALATE, "alice", None), (DutyKind.CALL, "alice", 1), (DutyKind.GAP, "alice", None)],
)
def test_a_key_has_the_parts_of_its_kind(kind: DutyKind, name: str, tier: int | None) -> None:
    with pytest.raises(ValueError, match="has no such parts"):
        DutyKey(kind, name, tier)


def test_what_pages_in_a_plan_has_the_key_of_a_page_and_nothing_else_has() -> None:
    book = ladder(tier("alice"), tier("bob", after=5))
    lines = simulate_lines(book, Scenario(severity="sev1", at=T0, resolve_after=minutes(90)), lambda _, __: "")
    keys = {line.duty: EffectKey.parse(line.duty) for line in lines}
    assert {line.duty for line in lines if line.kind == "page"} == {
        written for written, key in keys.items() if key is not None and key.duty.is_page
    }
    assert any(line.kind == "page" for line in lines)
