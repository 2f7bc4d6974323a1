"""Who was paged, as `tocsin status` shows it."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from tests.policy.builders import T0, declared, ladder, tier
from tocsin.view.incident import _paged, _reached
from workflows.policy.incident.pager_alerts import Arrival, PagerAlert
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.views.results import Status

DONE = Settlement(occurrence=1, due_at=T0, sent_at=T0, settled_at=T0 + timedelta(seconds=1), outcome="done")


@pytest.mark.parametrize(
    ("duty", "tier_and_person"),
    [
        ("escalate/2/alice", ["tier 2", "alice"]),
        ("escalate/1/Alice/Bob", ["tier 1", "Alice/Bob"]),
        ("call/Alice/Bob", ["by hand", "Alice/Bob"]),
        ("joined/alice", ["new alerts", "alice"]),
        ("reach/2/escalate/1/alice", ["tier 1, by another way", "alice"]),
        ("reach/2/call/alice", ["by hand, by another way", "alice"]),
    ],
)
def test_a_page_is_shown_with_its_tier_and_its_person(duty: str, tier_and_person: list[str]) -> None:
    (row,) = rows(declared(ladder(tier("alice"))).model_copy(update={"settled": {duty: DONE}}))
    assert row[:2] == tier_and_person


def test_each_page_of_somebody_stands_as_it_does_itself_at_the_pager_and_says_by_which_way() -> None:
    """PagerDuty was away, so that ntfy rang, and she answered there."""
    incident = declared(ladder(tier("alice")))
    settled = {
        "escalate/1/alice": DONE.model_copy(update={"outcome": "superseded"}),
        "reach/2/escalate/1/alice": DONE.model_copy(update={"sent_at": T0 + timedelta(minutes=1)}),
        "escalate/2/alice": DONE.model_copy(update={"sent_at": T0 + timedelta(minutes=9)}),
    }
    rings = {
        incident.vendor_key("reach/2/escalate/1/alice/1"): PagerAlert(
            person="alice", way="ntfy", rung_at=T0, state="answered"
        ),
        incident.vendor_key("escalate/1/alice/1"): PagerAlert(person="alice", rung_at=T0, state="answered"),
        incident.vendor_key("escalate/2/alice/1"): PagerAlert(person="alice", rung_at=T0, is_there=True),
    }
    seen = rows(incident.model_copy(update={"settled": settled, "rings": rings}))
    assert [(row[0], *row[4:]) for row in seen] == [
        ("tier 1", "withdrawn"),
        ("tier 1, by ntfy", "done", "answered"),
        ("tier 2", "done", "delivered"),
    ]


def test_whose_phone_rang_in_vain_was_not_reached_by_it() -> None:
    rang = Arrival(person="alice", who="alice", way="phone", missed=True, rung_at=T0, at=T0 + timedelta(minutes=1))
    out = StringIO()
    incident = declared(ladder(tier("alice"))).model_copy(update={"reached": (rang,)})
    Console(file=out, width=200).print(_reached(Status(incident=incident, verification=timedelta())))
    assert "phone, and did not answer" in out.getvalue()


def rows(incident: Incident) -> list[list[str]]:
    out = StringIO()
    Console(file=out, width=200).print(_paged(Status(incident=incident, verification=timedelta())))
    return [[part.strip() for part in row.split("  ") if part.strip()] for row in out.getvalue().splitlines()[1:]]
