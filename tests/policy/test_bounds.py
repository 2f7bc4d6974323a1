"""What an incident remembers has an end, whatever is sent to it: it travels with every continue-as-new."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.builders import T0, alert, alerts, at, declared, opening, runbook, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt
from workflows.policy.effects.proof import Notified, RingProof
from workflows.policy.engine import plan
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.cancelled import CancelledEpisode, CancelledEpisodes
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    EffectSettled,
    EffectStarted,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    HandedOff,
    Noted,
    Resolved,
    RoleAssigned,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.state import Incident, declare
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.wire.bounded import LABELS, fit, identity, weight

LONG = "\N{FIRE}\x07" * 4000
"""Four bytes and six bytes a letter, in turn: the most that JSON makes of any."""
STAFF = [f"person-{n:02}-{'x' * 50}" for n in range(IncidentBounds.rings)]
BOOK = runbook(
    severity(tier("alice"), own_channel=True), people={name: Person(name=name) for name in ("alice", "bob", *STAFF)}
)


def wordy(fingerprint: str, since: float = 0) -> Alert:
    labels = {f"{n}{LONG}": LONG for n in range(60)}
    return alert(
        fingerprint,
        since=since,
        name=LONG,
        summary=LONG,
        link=f"https://example.com/{'x' * 900}",
        labels=labels,
        severity="sev1",
        ends="never",
        group=f"{fingerprint}{LONG}",
        service=f"{fingerprint}{LONG}",
    )


def storm(count: int, since: float = 0, of: str = "") -> list[Event]:
    return [alerts(wordy(f"{of}{n}{LONG}", since)) for n in range(count)]


def wordy_opening(is_wordy: bool = True) -> Incident:
    """Or one that leaves the room of its labels and links to its alerts."""
    labels = wordy("f").labels if is_wordy else {}
    links = [(LONG, f"https://{n}.example.com/{'x' * 1900}") for n in range(20 if is_wordy else 0)]
    said = {"service": LONG, "source": LONG, "declared_by": LONG, "labels": labels, "links": links}
    start = opening(BOOK, **said, flags=[f"{n}{LONG}" for n in range(60)], title="\N{FIRE}" * 300)
    return declare(start, T0, "20260302-0900-k7kkkk", "incident-alertmanager-0123456789abcdefghij")


def everything_at_once(end: Event) -> Iterator[Event]:
    """All that has a bound is filled to it, and a little more."""
    few = LONG[:16]  # so that they are as many as may be
    yield Acknowledged(by=LONG)
    yield from storm(IncidentBounds.alerts + IncidentBounds.beyond + IncidentBounds.names + 5)
    yield from (RoleAssigned(role=f"role-{n}", person=LONG, by=LONG) for n in range(IncidentBounds.names + 5))
    yield from (FlagChanged(flag=f"flag-{n}-{'x' * 50}", by=LONG) for n in range(IncidentBounds.names + 5))
    yield from (Escalated(to=name, by=LONG, reason=LONG) for name in STAFF)
    yield from (FollowUpAdded(text=few, owner=few, by=few) for _ in range(IncidentBounds.follow_ups + 5))
    yield from (FollowUpDone(follow_up=f"{n}", text=LONG, by=LONG) for n in range(1, IncidentBounds.follow_ups))
    yield HandedOff(to=LONG, by=LONG, text=LONG)
    yield UpdatePosted(by=LONG, text=LONG[:3000], public=True)
    yield DraftApproved(by=LONG, text=LONG)
    yield PublicCorrected(by=LONG, text=LONG[:3000])
    yield end
    yield from (
        Snoozed(duration=timedelta(hours=1), by=LONG, reason=told(n)) for n in range(IncidentBounds.announcements + 5)
    )
    yield from (Noted(id=f"{n}{LONG}", text=line(n)) for n in range(IncidentBounds.seen_ids + 5))


def told(number: int) -> str:
    """As long as all may be that are as many as may be: short ones are many, long ones are few."""
    return f"{number}{LONG}"[: IncidentBounds.announcements_text // IncidentBounds.announcements // 5 - 50]


def line(number: int) -> str:
    return f"{number}{LONG}"[: IncidentBounds.timeline_text // IncidentBounds.timeline // 5 - 3]


def lived(book: Runbook, end: Event, is_wordy: bool = True) -> Incident:
    incident = wordy_opening(is_wordy).model_copy(update={"cancelled_episodes": of_the_one_before()})
    for event in everything_at_once(end):
        incident = apply(book, incident, event.model_copy(update={"at": T0}))
        for demand in plan(book, incident, T0).due:
            if isinstance(demand.effect, Page) and demand.key not in incident.started:
                incident = apply(book, incident, EffectStarted(at=T0, demand=demand, real_at=T0))
    lines = (Noted(id=f"line {n}{LONG}", text=line(n)) for n in range(IncidentBounds.timeline))
    later = storm(IncidentBounds.successor + 5, since=20, of="next")
    for event in (*what_the_pager_tells(incident), *lines, *later):
        incident = apply(book, incident, event.model_copy(update={"at": at(20)}))
    return incident


def what_the_pager_tells(incident: Incident) -> Iterator[Event]:
    """Of each ring: whom it reached, who has it there, and who helps."""
    notified = tuple(Notified(who=f"{n}{LONG}", way=LONG, at=T0) for n in range(10))
    proof = RingProof(pager=LONG, there=True, notified=notified)
    for key, ring in incident.rings.items():
        look = ConfirmRing(to=ring.person, ring=key)
        demand = Demand(duty=duty_key(DutyKind.CONFIRM, key), due_at=T0, reason="", effect=look)
        yield EffectSettled(demand=demand, outcome="done", receipt=Receipt(proof=proof))
        for n in range(IncidentBounds.responders + 2):
            who = tuple(f"{n}{m}{LONG}" for m in range(10))
            yield ChangedAtPager(by=LONG, ring=key, text=LONG, handed_to=who, responder=f"{n}{LONG}", reply=LONG)


def of_the_one_before() -> CancelledEpisodes:
    """Which was cancelled while all its alerts fired."""
    old = CancelledEpisode(starts_at=T0, severity="sev1")
    return CancelledEpisodes(
        alerts={identity(f"old {n} {LONG}"): old for n in range(IncidentBounds.alerts)},
        groups={identity(f"old group {n} {LONG}"): old for n in range(IncidentBounds.names)},
    )


@pytest.mark.parametrize(
    "end", [Resolved(by=LONG, text=LONG, via=LONG), Cancelled(by=LONG, reason=LONG)], ids=["resolved", "cancelled"]
)
def test_an_incident_stays_below_256_kib_whatever_is_sent_to_it(end: Event) -> None:
    incident = lived(BOOK, end)
    assert len(incident.alerts) == IncidentBounds.alerts
    assert len(incident.successor) == IncidentBounds.successor
    assert len(incident.heard) == IncidentBounds.seen_ids
    assert len(incident.calls) == IncidentBounds.calls
    assert len(incident.rings) == IncidentBounds.rings
    assert sum(ring.names_people for ring in incident.rings.values()) == IncidentBounds.rings_with_people
    assert len(incident.reached) == IncidentBounds.reached
    assert len(incident.timeline) == IncidentBounds.timeline
    assert len(incident.to_tell) == IncidentBounds.announcements
    assert len(incident.links) == IncidentBounds.links
    assert len(incident.untracked) == IncidentBounds.names + 1
    assert len(incident.untracked_firing) == IncidentBounds.beyond
    assert len(incident.cancelled_episodes.alerts) == IncidentBounds.alerts
    assert len(incident.cancelled_episodes.groups) == IncidentBounds.names
    assert len(incident.model_dump_json().encode()) < 256 * 1024


def test_labels_and_links_of_single_alerts_take_no_more_room_than_the_incident_leaves_of_its_own() -> None:
    incident = lived(BOOK, Cancelled(by=LONG, reason=LONG), is_wordy=False)
    assert len(incident.model_dump_json(include={"alert_details"}).encode()) > 15_000
    assert len(incident.model_dump_json().encode()) < 256 * 1024


def test_a_runbook_and_its_opening_do_not_grow_with_what_is_sent_either() -> None:
    incident = wordy_opening()
    assert sum(weight(name) + weight(value) for name, value in incident.labels.items()) <= LABELS
    assert len(incident.flags) == IncidentBounds.names
    assert len(incident.model_dump_json().encode()) < 40_000


def test_an_address_is_kept_whole_or_not_at_all() -> None:
    fine, long = "https://example.com/a", "https://example.com/" + "x" * IncidentBounds.link
    assert declared(BOOK, links=[("graph", long), ("runbook", fine)]).links == (("runbook", fine),)


def test_plain_lines_are_all_kept() -> None:
    incident = declared(BOOK)
    for n in range(IncidentBounds.timeline - 1):
        text = f"note {n}: restarted the payments service in eu-west-1, the error rate is falling, and we keep watching"
        incident = apply(BOOK, incident, Noted(at=T0, by="Bob", text=text))
    assert (len(incident.timeline), incident.timeline_dropped) == (IncidentBounds.timeline, 0)


def test_of_a_flood_of_words_the_newest_are_kept() -> None:
    incident = declared(BOOK)
    for n in range(IncidentBounds.timeline - 1):
        incident = apply(BOOK, incident, Noted(at=T0, by="Bob", text=f"{n} {'x' * 3000}"))
    assert incident.timeline[-1].text.startswith(f"bob: {IncidentBounds.timeline - 2} x")
    assert sum(weight(entry.text) for entry in incident.timeline) <= IncidentBounds.timeline_text
    assert incident.timeline_dropped == IncidentBounds.timeline - len(incident.timeline)


def test_what_waits_to_be_told_outweighs_no_bound_and_is_never_nothing() -> None:
    incident = declared(BOOK)
    for n in range(IncidentBounds.announcements):
        incident = apply(BOOK, incident, UpdatePosted(at=T0, by="Bob", text=f"{n} {'x' * 2900}"))
    assert sum(weight(item.text) for item in incident.to_tell) <= IncidentBounds.announcements_text
    assert incident.to_tell[-1].text.startswith(f"{IncidentBounds.announcements - 1} x")


@pytest.mark.parametrize("text", ["short", "é" * 500, "\x07" * 500, '"' * 500, "\N{FIRE}" * 500, "a" * 201])
def test_a_line_weighs_what_json_makes_of_it(text: str) -> None:
    kept = Noted(by=text).by
    assert weight(kept) <= 200
    assert kept == text or (kept.endswith("…") and weight(kept) > 190)


def test_nothing_is_cut_that_fits() -> None:
    assert fit("é" * 100, 200) == "é" * 100


def test_names_that_tell_things_apart_are_never_made_one() -> None:
    long = "x" * 100
    assert identity("f1") == "f1"
    assert identity(long + "a") != identity(long + "b")
    assert weight(identity(long)) <= 32


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\x7f\n')))
def test_a_text_weighs_what_it_takes_in_json(text: str) -> None:
    assert weight(text) == len(json.dumps(text, ensure_ascii=False).encode()) - 2
