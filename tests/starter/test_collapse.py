"""Repeats that travel as one mean to an incident what they meant one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.intake.collapse import collapse
from tests.policy.builders import alert, at, ladder, opening, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.root import apply

BOOK = ladder(tier("alice"))


def brings(*alerts: Alert, event_id: str = "", by: str = "alertmanager", truncated: int = 0) -> AlertsReceived:
    return AlertsReceived(at=at(9), id=event_id, by=by, via="alerts", alerts=alerts, truncated=truncated)


FIRES, ENDS, FIRES_ANEW, OTHER = alert(), alert(status="resolved"), alert(since=5), alert("f2")
COLLAPSED = [
    ("repeats are one", [FIRES, FIRES, FIRES], [("f1", "firing", 3)]),
    ("another alert is another", [FIRES, OTHER, FIRES], [("f1", "firing", 2), ("f2", "firing", 1)]),
    ("what resolved stays after what fired", [FIRES, ENDS, ENDS], [("f1", "firing", 1), ("f1", "resolved", 2)]),
    (
        "firing again comes after the resolution",
        [FIRES, ENDS, FIRES_ANEW, FIRES_ANEW],
        [("f1", "firing", 1), ("f1", "resolved", 1), ("f1", "firing", 2)],
    ),
    ("counts add up", [alert(count=3), alert(count=4)], [("f1", "firing", 7)]),
]


@pytest.mark.parametrize(("rule", "sent", "travels"), COLLAPSED, ids=[row[0] for row in COLLAPSED])
def test_of_alerts_in_a_row(rule: str, sent: list[Alert], travels: list[tuple[str, str, int]]) -> None:
    [event] = collapse(brings(each) for each in sent)
    assert [(each.fingerprint, each.status, each.count) for each in event.alerts] == travels


def test_the_later_episode_and_the_gravest_severity_are_what_remains() -> None:
    sent = [alert(severity="sev3", since=1), alert(severity="sev1", since=3), alert(severity="sev2", since=2)]
    [event] = collapse([brings(*sent)])
    [kept] = event.alerts
    assert (kept.starts_at, kept.severity) == (at(3), "sev1")


def test_of_one_episode_the_last_words_remain() -> None:
    [event] = collapse([brings(alert(summary="at 5%")), brings(alert(summary="at 40%"))])
    assert event.alerts[0].summary == "at 40%"


def test_the_end_of_a_group_travels_by_itself() -> None:
    """What fired before it may be over with it, and what fires in it or after it is not."""
    ends = brings(ENDS).model_copy(update={"ended": {"g": at(9)}})
    sent = [brings(OTHER), brings(OTHER), ends, ends, brings(OTHER)]
    assert [(len(event.alerts), bool(event.ended)) for event in collapse(sent)] == [
        (1, False), (1, True), (1, True), (1, False)
    ]  # fmt: skip


def test_a_delivery_with_an_id_stays_what_it_is_and_where_it_is() -> None:
    known = brings(FIRES, event_id="msg_1")
    sent = [brings(FIRES), brings(FIRES), known, known, brings(ENDS)]
    assert [(event.id, len(event.alerts)) for event in collapse(sent)] == [("", 1), ("msg_1", 1), ("msg_1", 1), ("", 1)]


def test_deliveries_of_different_senders_are_not_mixed() -> None:
    assert [event.by for event in collapse([brings(FIRES), brings(FIRES, by="generic")])] == ["alertmanager", "generic"]


def test_what_the_sources_left_out_adds_up() -> None:
    [event] = collapse([brings(FIRES, truncated=3), brings(FIRES, truncated=4)])
    assert event.truncated == 7


def test_nothing_is_nothing() -> None:
    assert collapse([]) == ()


deliveries = st.lists(
    st.builds(
        lambda names, status, since, severity: brings(
            *(alert(name, status=status, since=since, severity=severity) for name in names)
        ),
        st.lists(st.sampled_from(["f1", "f2", "f3"]), min_size=1, max_size=3),
        st.sampled_from(["firing", "firing", "resolved"]),
        st.integers(0, 3),
        st.sampled_from([None, "sev1", "sev2"]),
    ),
    max_size=12,
)


@given(deliveries)
def test_an_incident_knows_the_same_of_every_alert_however_they_travelled(sent: list[AlertsReceived]) -> None:
    one_by_one, together = _told(sent), _told(collapse(sent))
    assert together.alerts == one_by_one.alerts
    assert together.alerts_total == one_by_one.alerts_total == sum(len(each.alerts) for each in sent)


def _told(sent: list[AlertsReceived] | tuple[AlertsReceived, ...]) -> Incident:
    start = opening(BOOK.model_copy(update={"intake": BOOK.intake.model_copy(update={"resolve_with_alerts": False})}))
    incident = declare(start, at(0), "20260302-0900-k7", "incident-1")
    for event in sent:
        incident = apply(BOOK, incident, event)
    return incident
