"""Whose e-mail address travels with a page: nobody's but theirs who may be reached by it."""

import pytest

from tests.policy.builders import T0
from workflows.durable.sending import people_of
from workflows.policy.effects.effects import Destination, Effect, Invite, Page, Post, SyncPager
from workflows.policy.runbook.reach import ReachStep, WayName


def paged(way: str, address: str = "") -> Page:
    return Page(to="on-call", tier=1, round=1, round_started_at=T0, way=way, address=address)


@pytest.mark.parametrize(
    ("effect", "holders", "people"),
    [
        (paged("ntfy"), {}, ()),
        (paged("slack"), {}, ("on-call",)),
        (paged("email"), {}, ("on-call",)),
        (paged("email", "on-call-phone"), {}, ("on-call-phone",)),
        (paged(""), {"ann": "email", "ben": "ntfy", "cal": "slack"}, ("ann", "cal")),
        (Invite(channel="C1", to="ann"), {}, ("ann",)),
        (Post(to=Destination(channel="C1"), template="note", mention=("ann", "ben")), {}, ("ann", "ben")),
        (SyncPager(to="on-call", ring="r", become="resolved"), {}, ()),
    ],
)
def test_it_is_theirs_who_may_be_reached_by_it(
    effect: Effect, holders: dict[str, WayName], people: tuple[str, ...]
) -> None:
    assert people_of(effect, {person: ReachStep(way=way) for person, way in holders.items()}) == people


def test_whoever_holds_a_post_may_be_reached_under_another_name() -> None:
    assert people_of(paged(""), {"ann": ReachStep(way="slack", address="ann-lee")}) == ("ann-lee",)
