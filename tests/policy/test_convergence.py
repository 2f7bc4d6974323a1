"""Whoever says it, and by whichever way: what is the same in the end does not depend on who came first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.policy.builders import at, opened, runbook, severity, tier
from workflows.policy.incident.events import Acknowledged, Event, Resolved, SeverityChanged
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply

BOOK = runbook({"sev1": severity(tier("alice"), tier("bob", after=10)), "sev2": severity(tier("alice"))})
WAYS = ("slack", "pagerduty", "API", "command line")


def said(kind: type[Event], **fields: object) -> list[Event]:
    """The same by every way, each with the id that its way gives it."""
    return [kind.model_validate({"id": f"{way}/{kind.__name__}", "via": way, "by": "alice", **fields}) for way in WAYS]


ACKNOWLEDGEMENTS, RESOLUTIONS = said(Acknowledged), said(Resolved, text="it was the disk")
CHANGES_OF_SEVERITY = said(SeverityChanged, severity="sev1", reason="worse")


def essence(incident: Incident) -> tuple[object, ...]:
    """What people act by."""
    return incident.severity, incident.gravest, incident.phase, incident.resolved_by, incident.resolution


@given(st.permutations([*ACKNOWLEDGEMENTS, *CHANGES_OF_SEVERITY]), st.permutations(RESOLUTIONS), st.data())
def test_any_order_of_the_same_words_ends_in_the_same_state(
    before: list[Event], resolutions: list[Event], data: st.DataObject
) -> None:
    """With each sent again at any place, as ways do that do not know whether they were received."""
    order = [*before, *resolutions]
    for event in order[:]:
        order.insert(data.draw(st.integers(0, len(order))), event)
    incident = opened(BOOK, severity="sev2").incident
    for number, event in enumerate(order):
        incident = apply(BOOK, incident, event.model_copy(update={"at": at(1) + timedelta(seconds=number)}))
    assert essence(incident) == ("sev1", "sev1", "resolved", "alice", "it was the disk")


@given(st.permutations([*ACKNOWLEDGEMENTS, *CHANGES_OF_SEVERITY] * 2))
def test_while_it_is_open_too(order: list[Event]) -> None:
    """Who raises by hand is on it: so it is acknowledged, whichever came first."""
    incident = opened(BOOK, severity="sev2").incident
    for number, event in enumerate(order):
        incident = apply(BOOK, incident, event.model_copy(update={"at": at(1) + timedelta(seconds=number)}))
    assert essence(incident) == ("sev1", "sev1", "investigating", "", "")
    assert incident.acknowledged_by == "alice"
    assert [each.kind for each in incident.timeline].count("acknowledge") >= 1
