"""What the next incident is about: as much as its alerts have in common."""

from tests.policy.builders import alert, alerts, at, declared, runbook, severity, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_state import Coming
from workflows.policy.incident.events import Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply

BOOK = runbook(severity(tier("alice"), verify_for="15m"))
OURS = Coming(labels={"service": "old"}, service="old", links=(("runbook", "https://example.com/old"),))


def over() -> Incident:
    """Opened by f1."""
    incident = declared(BOOK, labels=OURS.labels, service=OURS.service, links=OURS.links)
    incident = apply(BOOK, incident, alerts(alert()).model_copy(update={"at": at(0)}))
    return apply(BOOK, incident, Resolved(at=at(1), by="Alice"))


def coming(*batches: tuple[Alert, ...]) -> Coming:
    incident = over()
    for batch in batches:
        incident = apply(BOOK, incident, alerts(*batch).model_copy(update={"at": at(20)}))
    return incident.coming


def labelled(fingerprint: str, **labels: str) -> Alert:
    return alert(fingerprint, since=19, labels=labels, service="checkout", link=f"https://example.com/{fingerprint}")


def test_labels_that_all_have_in_one_delivery_or_in_several() -> None:
    one, two = labelled("f2", team="a", zone="a"), labelled("f3", team="a", zone="b")
    common = Coming(labels={"team": "a"}, service="checkout", links=(("link", "https://example.com/f2"),))
    assert coming((one, two)) == coming((one,), (two,)) == common


def test_a_repeat_without_what_is_known_has_what_is_known() -> None:
    assert coming((alert("f1", since=19),)) == OURS


def test_a_new_alert_without_labels_has_none() -> None:
    assert coming((alert("f2", since=19),)) == Coming()


def test_when_none_is_left_nothing_is_coming() -> None:
    gone = labelled("f2", team="a").model_copy(update={"status": "resolved"})
    assert coming((labelled("f2", team="a"),), (gone,)) == Coming()
    assert coming((labelled("f2", team="a"),), (gone,), (labelled("f3", zone="b"),)).labels == {"zone": "b"}


def test_what_is_no_link_to_everybody_is_left_out() -> None:
    assert coming((labelled("f2").model_copy(update={"link": "http://["}),)).links == ()
