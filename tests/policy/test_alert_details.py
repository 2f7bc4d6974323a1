"""What each alert says that its incident does not say itself: kept for pages that show alerts, in a bounded room."""

import pytest

from tests.policy.builders import alert, alerts, declared, opened, runbook, severity, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_details import AlertDetails
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.alerts import to_move
from workflows.policy.reducers.root import apply
from workflows.policy.wire.bounded import LABELS

BOOK = runbook(severity(tier("alice")))
COMMON = {"service": "checkout", "cluster": "eu-1"}
GRAPH = "https://graphs.example.com/d/1?var=%22a%22"


def heard(*batch: Alert, labels: dict[str, str] = COMMON, links: object = ()) -> Incident:
    return apply(BOOK, declared(BOOK, labels=labels, links=links), alerts(*batch))


@pytest.mark.parametrize(
    ("labels", "link", "kept"),
    [
        ({**COMMON, "pod": "a-7"}, "", AlertDetails(labels={"pod": "a-7"})),
        ({**COMMON, "cluster": "eu-2"}, "", AlertDetails(labels={"cluster": "eu-2"})),
        (COMMON, GRAPH, AlertDetails(link=GRAPH)),
        (COMMON, "https://wiki.example.com/checkout", None),
        (COMMON, "", None),
        (COMMON, "javascript:alert(1)", None),
        (COMMON, f"https://example.com/{'x' * IncidentBounds.alert_link}", None),
        ({"pod": "x" * 500}, "", AlertDetails(labels={"pod": f"{'x' * 197}…"})),
    ],
    ids=["its own", "otherwise", "a link", "the incident's link", "nothing", "no link", "not whole", "cut"],
)
def test_of_an_alert_is_kept_what_the_incident_does_not_say(
    labels: dict[str, str], link: str, kept: AlertDetails | None
) -> None:
    incident = heard(alert(labels=labels, link=link), links=[("wiki", "https://wiki.example.com/checkout")])
    assert incident.alert_details.get("f1") == kept


def test_a_repeat_without_its_labels_changes_nothing_and_one_with_others_does() -> None:
    incident = heard(alert(labels={"pod": "a"}, link=GRAPH))
    incident = apply(BOOK, incident, alerts(alert()))
    assert incident.alert_details["f1"] == AlertDetails(labels={"pod": "a"}, link=GRAPH)
    incident = apply(BOOK, incident, alerts(alert(labels={"pod": "b"}, since=1)))
    assert incident.alert_details["f1"] == AlertDetails(labels={"pod": "b"})


def test_of_so_many_alerts_it_is_kept_and_the_others_are_there_without_it() -> None:
    many = [alert(f"f{n}", labels={"pod": f"{n}"}) for n in range(IncidentBounds.alert_details + 5)]
    incident = heard(*many)
    assert len(incident.alerts) == len(many)
    assert list(incident.alert_details) == [each.fingerprint for each in many[: IncidentBounds.alert_details]]


def test_an_incident_with_heavy_labels_of_its_own_leaves_less_room() -> None:
    heavy = {f"{n}": "x" * 200 for n in range(59)}
    links = [("graph", f"https://example.com/{n}{'x' * (IncidentBounds.link - 30)}") for n in range(4)]
    many = [alert(f"f{n}", labels={"pod": "y" * 150}) for n in range(20)]
    assert len(heard(*many, labels=heavy, links=links).alert_details) < 5
    assert len(heard(*many).alert_details) == len(many)


def test_together_they_weigh_no_more_than_labels_and_links_may() -> None:
    many = [
        alert(f"f{n}", labels={f"{m}": f"{m}{'x' * 300}" for m in range(60)}, link=f"https://example.com/{n}")
        for n in range(IncidentBounds.alert_details)
    ]
    incident = heard(*many, labels={})
    weighed = len(incident.model_dump_json(include={"alert_details"}).encode())
    assert 15_000 < weighed < LABELS + IncidentBounds.links * IncidentBounds.link + 100


def test_what_is_beyond_the_alerts_that_are_told_apart_has_none() -> None:
    plain = [alert(f"f{n}") for n in range(IncidentBounds.alerts)]
    incident = heard(*plain, alert("beyond", labels={"pod": "a"}))
    assert incident.alert_details == {}


def test_the_alerts_of_a_duplicate_take_it_along() -> None:
    simulation = opened(BOOK, labels=COMMON)
    simulation.happen(alerts(alert(labels={**COMMON, "pod": "a"}, link=GRAPH)))
    incident = simulation.incident
    known = incident.cancelled_episodes.model_copy(update={"alerts": {"f1": None}})
    (moved,) = to_move(incident.model_copy(update={"cancelled_episodes": known})).alerts
    assert (moved.labels, moved.link) == ({"pod": "a"}, GRAPH)
