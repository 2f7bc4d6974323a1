"""Whatever anybody says, in any order and with any values: the incident and its review go on and are shown."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.policy.builders import T0, declared, opening
from tests.policy.review.reviews import at, duty, owing, review, reviewed
from tests.workflows.incidents import company
from tocsin.view import incident as incident_view
from tocsin.view import review as review_view
from workflows.durable import decoding
from workflows.policy.engine import plan
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived, Event, FollowUpAdded, Resolved
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.alerts import headline
from workflows.policy.reducers.root import apply
from workflows.policy.review.events import REVIEW_SIGNALS, NagsSnoozed, ReviewStarted, Submitted
from workflows.policy.review.plan_view import as_markdown as review_as_markdown
from workflows.policy.review.results import status
from workflows.policy.review.state import Review
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.plan_view import as_markdown, lines, plan_view
from workflows.policy.views.results import Status
from workflows.policy.views.summary import summarize
from workflows.policy.wire.bounded import EARLIEST, LATEST
from workflows.texts.render import words

moments = st.sampled_from(
    [
        "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-14:00", "2026-03-02T09:05:00Z", "2262-04-12T00:00:00Z", "yesterday", 0, -1, 10**15, 1e308,
    ]
)  # fmt: skip
days = st.sampled_from(["0001-01-01", "1970-01-01", "2026-03-02", "9999-12-01", "9999-12-31", "10000-01-01", 10**9])
spans = st.sampled_from(["1000000000w", "9" * 5000 + "d", "P999999999D", "-PT1S", "7d", "30d", "P1W", 0, "soon"])
texts = st.sampled_from(
    ["", " ", "\x00", "\ud83d", "x" * 10_000, "障" * 5_000, "{{ x }}", "<!channel>", "17", "alice", "commander", "1"]
)
an_alert = st.fixed_dictionaries(
    {"fingerprint": texts | st.just("f"), "starts_at": moments},
    optional={
        "status": st.sampled_from(["firing", "resolved"]), "name": texts, "summary": texts, "link": texts,
        "labels": st.dictionaries(texts, texts, max_size=3), "count": st.sampled_from([0, 1, 10**18]),
        "severity": st.sampled_from(["sev1", "sev4", "sev9"]),
    },
)  # fmt: skip
fields = st.fixed_dictionaries(
    {},
    optional={
        "at": moments, "id": texts, "by": texts, "via": texts, "text": texts, "reason": texts, "to": texts,
        "ring": texts, "person": texts, "role": texts, "flag": texts, "on": st.booleans(), "draft": texts,
        "severity": st.sampled_from(["sev1", "sev2", "sev3", "sev4", ""]), "public": st.booleans(),
        "phase": st.sampled_from(["investigating", "identified", "monitoring", "resolved"]), "started": st.booleans(),
        "duration": spans, "due_on": days, "owner": texts, "follow_up": texts, "duty": texts, "what": texts,
        "link": texts, "alerts": st.lists(an_alert, max_size=3), "truncated": st.sampled_from([0, 10**18, -1]),
    },
)  # fmt: skip
sayings = st.lists(
    st.tuples(
        st.sampled_from(sorted({*INCIDENT_SIGNALS, *REVIEW_SIGNALS, "no such thing"})),
        fields,
        st.sampled_from([timedelta(), timedelta(minutes=7), timedelta(days=2)]),
    ),
    max_size=8,
)  # fmt: skip


def say(simulation: Simulation, name: str, said: dict[str, object]) -> None:
    known = REVIEW_SIGNALS if simulation.review else INCIDENT_SIGNALS
    [event] = decoding.decode(known, name, [RawValue(Payload(data=json.dumps(said).encode()))])
    simulation.happen(event)


def show(simulation: Simulation) -> None:
    """Everything that anybody is shown of it."""
    book, incident, now = simulation.book, simulation.incident, simulation.now
    console, present = Console(quiet=True), simulation.plan()
    for demand in present.next:
        words(book, incident, demand, now, simulation.review)
    if incident.closed_at is not None:
        summarize(book, incident, 1.0)
    if simulation.review is None:
        assert Incident.model_validate_json(incident.model_dump_json()) == incident
        view = plan_view(book, incident, present, now, 1.0, frozenset())
        as_markdown(book, incident, view)
        console.print(incident_view.whole(Status(incident=incident, verification=timedelta()), view))
        return
    assert Review.model_validate_json(simulation.review.model_dump_json()) == simulation.review
    found = status(book, simulation.review, now, 1.0)
    view = plan_view(book, incident, present, now, 1.0, frozenset())
    view = view.model_copy(update={"lines": tuple(lines(book, present, frozenset()))})
    review_as_markdown(book, simulation.review, view)
    console.print(review_view.whole(found, view))
    console.print(review_view.follow_ups([(incident.id, each) for each in incident.follow_ups]))


@given(sayings, sayings)
def test_no_event_makes_the_plan_or_what_is_shown_raise(
    before: list[tuple[str, dict[str, object], timedelta]], after: list[tuple[str, dict[str, object], timedelta]]
) -> None:
    simulation = Simulation.of(opening(company()), T0)
    for name, said, pause in before:
        say(simulation, name, said)
        show(simulation)
        simulation.run_to(simulation.now + min(pause, timedelta(minutes=7)))
    simulation.happen(Resolved(by="Alice"))
    simulation.run_to(simulation.now + timedelta(hours=2))
    for name, said, pause in after:
        say(simulation, name, said)
        show(simulation)
        simulation.run_to(simulation.now + pause)


@pytest.mark.parametrize("due_on", ["0001-01-01", "1970-01-01", "9999-12-01", "9999-12-31"])
def test_a_follow_up_for_a_day_at_the_end_of_the_calendar_stops_no_review(due_on: str) -> None:
    added = FollowUpAdded.model_validate({"text": "some day", "due_on": due_on})
    simulation = at(reviewed(owing(), added), "5 10:00", FollowUpAdded.model_validate({"text": "x", "due_on": due_on}))
    show(simulation)
    ten_years = T0.date() + timedelta(days=3654)
    assert all(T0.date() <= each.due_on <= ten_years for each in simulation.incident.follow_ups)


def test_what_a_review_kept_of_such_a_day_before_is_brought_back_to_the_calendar() -> None:
    simulation = reviewed(owing(), FollowUpAdded(text="some day"))
    written = review(simulation).model_dump_json().replace(f"{simulation.incident.follow_ups[0].due_on}", "9999-12-31")
    simulation.review = Review.model_validate_json(written)
    simulation.incident = simulation.review.incident
    assert simulation.incident.follow_ups[0].due_on == LATEST.date()
    show(simulation)


@pytest.mark.parametrize(
    "event",
    [ReviewStarted(reason="x"), Submitted(text="x"), NagsSnoozed.model_validate({"duration": "1d", "reason": "x"})],
)
def test_nothing_happens_to_a_review_before_it_began(event: Event) -> None:
    """Else what is owed since then would be asked for once for each of twenty thousand days."""
    book = owing(duty(after="1d"), required="consider")
    simulation = reviewed(book)
    simulation.happen(event.model_copy(update={"at": EARLIEST + timedelta(days=1)}))
    moments = [answer.at for answer in [review(simulation).answer] if answer]
    moments += [ending.at for ending in review(simulation).ended.values()] + list(review(simulation).snoozed.values())
    assert all(moment >= review(simulation).opened_at for moment in moments)


@pytest.mark.parametrize(
    ("stated", "taken_for"),
    [
        ("0001-01-01T00:00:00Z", EARLIEST), ("0001-01-01T00:00:00+14:00", EARLIEST),
        ("9999-12-31T23:59:59Z", LATEST), ("9999-12-31T23:59:59-14:00", LATEST),
        ("2026-03-02T11:00:00+02:00", T0),
    ],
)  # fmt: skip
def test_a_time_that_no_clock_shows_is_taken_for_the_first_or_last_that_one_may(
    stated: str, taken_for: datetime
) -> None:
    assert Alert.model_validate({"fingerprint": "f", "starts_at": stated}).starts_at == taken_for


@pytest.mark.parametrize("starts_at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_an_alert_from_the_end_of_the_calendar_opens_an_incident_that_is_planned(starts_at: datetime) -> None:
    alert = Alert(fingerprint="f", starts_at=starts_at, name="Far")
    incident = declared(company(), detected_at=starts_at, title=headline([alert]))
    incident = apply(company(), incident, AlertsReceived(at=T0, alerts=(alert,)))
    assert plan(company(), incident, T0).due


def test_a_follow_up_is_due_on_a_day_of_the_runbooks_zone() -> None:
    book = owing(calendar={"zone": "Asia/Tokyo"})
    late = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # the third there
    after = apply(book, declared(book), FollowUpAdded(at=late, text="t"))
    assert after.follow_ups[0].due_on == date(2026, 3, 17)
