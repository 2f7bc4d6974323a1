"""Of a delivery that can be read only in part, what can be read goes where it belongs, and the rest is somebody's."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client

from settings import Settings
from starter.gateway import admission
from starter.gateway.beside import Beside
from starter.gateway.outcomes import Outcomes
from starter.gateway.pipeline import Pipeline
from starter.gateway.published import Published
from starter.intake import translating
from starter.intake.explain import route
from starter.intake.group_commit import GroupCommit
from starter.intake.grouping import group
from starter.intake.interpreting import interpret
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.sources import generic
from starter.sources.reading import Webhook
from starter.sources.refusal import Refusal
from starter.sources.several import MOST_ALERTS
from starter.sources.table import SOURCES
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.silences import Silences
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.webhooks import NOW, webhook
from tests.starter.test_gateway import received
from workflows.policy.runbook.model import Runbook

T = TypeVar("T")
LIMIT = 10_000_000
LISTS = ("alertmanager", "grafana", "generic", "cloudevents")


def sent(source: str, *names: str | None) -> Any:
    """A delivery without groups of these alerts; None: one that cannot be used."""
    if source == "generic":
        return {"alerts": [{"key": name, "title": name} if name else {"key": "k"} for name in names]}
    if source == "cloudevents":
        event = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}
        return [{**event, "subject": name} if name else {**event, "source": {"a": 1}} for name in names]
    return {"alerts": [{"labels": {"alertname": name}} if name else {"annotations": {}} for name in names]}


lists = pytest.mark.parametrize("source", LISTS)


@lists
async def test_an_alert_that_cannot_be_used_among_good_ones_is_somebodys(
    source: str, gate: GatewayUnderTest, client: Client
) -> None:
    path = f"/webhooks/{source}"
    async with gate.open() as http:
        with capture_logs() as logs:
            whole = (await http.post(path, content=b"?")).json()
            partly = (await http.post(path, json=sent(source, "a", None, "b", None))).json()
        ready = (await http.get("/readyz")).json()
    assert (partly["accepted"], len(partly["incidents"])) == (2, 3)
    assert whole["incident"] in partly["incidents"], "all that cannot be read of a source is one incident"
    assert partly["unreadable"] is None
    heard = [each for told in await received(client, whole["incident"]) for each in told.alerts]
    assert "2 of its alerts cannot be used" in heard[-1].summary
    assert ready["webhooks"][source]["unreadable_alerts"] == 2
    (problem,) = [each for each in ready["problems"] if "had alerts that could not be read once" in each]
    assert problem.startswith(f"{source}: ")
    assert [entry["log_level"] for entry in logs if entry.get("source") == source] == ["error"]


@lists
def test_of_too_many_the_first_are_read_and_the_rest_is_somebodys(source: str, book: Runbook) -> None:
    names = [f"n{number}" for number in range(MOST_ALERTS + 7)]
    reading = translating.translated(SOURCES[source], webhook(sent(source, *names)), LIMIT)
    assert not reading.unreadable
    assert len(reading.alerts) == MOST_ALERTS + 1
    assert reading.alerts[-1].summary.startswith("7 more of its alerts were not read")
    assert reading.unread == 7
    assert any("7 more" in problem.message for problem in reading.problems)
    batches = group(interpret(source, reading, book, NOW)).batches
    assert {batch.truncated for batch in batches} == {0}, "nobody knows to which of them those belong"


@lists
def test_a_thousand_alerts_that_are_wrong_in_two_places_are_read_all_the_same(source: str) -> None:
    names = [f"n{number}" for number in range(MOST_ALERTS)]
    body = sent(source, *names)
    for each in body if isinstance(body, list) else body["alerts"]:
        each.update(
            status="odd", startsAt="odd", starts_at="odd", time="odd", labels={**each.get("labels", {}), "l": {}}
        )
    reading = translating.translated(SOURCES[source], webhook(body), LIMIT)
    assert len(reading.alerts) == MOST_ALERTS
    assert len(reading.problems) <= MOST_ALERTS + 2


def test_what_the_senders_group_has_more_is_told_to_the_incident_of_that_group(book: Runbook) -> None:
    body = {**sent("alertmanager", *(f"n{number}" for number in range(MOST_ALERTS + 7))), "groupKey": "g"}
    reading = translating.translated(SOURCES["alertmanager"], webhook(body), LIMIT)
    (batch,) = group(interpret("alertmanager", reading, book, NOW)).batches
    assert (len(batch.alerts), batch.truncated) == (MOST_ALERTS, 7)


def test_what_the_senders_group_has_more_is_not_told_to_the_incident_about_its_sender(book: Runbook) -> None:
    body = {**sent("alertmanager", "a", None), "groupKey": "g", "truncatedAlerts": 5}
    reading = translating.translated(SOURCES["alertmanager"], webhook(body), LIMIT)
    batches = group(interpret("alertmanager", reading, book, NOW)).batches
    assert [(batch.truncated, batch.remark) for batch in batches] == [(5, False), (0, True)]


def test_an_installation_that_cannot_be_read_is_one_incident_whatever_else_is_in_the_body(book: Runbook) -> None:
    bodies = (b"?", json.dumps({**sent("alertmanager", "a", None), "groupKey": "g", "receiver": "r"}).encode())
    found = []
    for body in bodies:
        one = Webhook(body, NOW, query={"installation": "berlin"})
        reading = translating.translated(SOURCES["alertmanager"], one, LIMIT)
        found.append(group(interpret("alertmanager", reading, book, NOW)).batches[-1].workflow_id)
    assert found[0] == found[1]


@pytest.mark.parametrize("by", [("source",), ("severity",), ("alertname",)])
def test_what_cannot_be_read_is_in_no_group_of_the_runbook(by: tuple[str, ...], book: Runbook) -> None:
    grouped = book.model_copy(update={"intake": book.intake.model_copy(update={"group_by": by})})
    reading = translating.translated(SOURCES["generic"], webhook(sent("generic", "a", None)), LIMIT)
    found = group(interpret("generic", reading, grouped, NOW))
    assert [batch.opening.title.split(":")[0] for batch in found.batches] == ["a", "cannot read what generic sends"]
    assert [problem.field for problem in found.problems] == ["alerts[1].title"]


@pytest.mark.parametrize(
    ("by", "told"), [((), ["groupKey"]), (("alertname",), []), (("team",), ["groupKey", "labels"])]
)
def test_an_alert_is_said_to_be_an_incident_of_its_own_only_where_it_is(
    by: tuple[str, ...], told: list[str], book: Runbook
) -> None:
    grouped = book.model_copy(update={"intake": book.intake.model_copy(update={"group_by": by})})
    reading = translating.translated(SOURCES["alertmanager"], webhook(sent("alertmanager", "a")), LIMIT)
    problems = group(interpret("alertmanager", reading, grouped, NOW)).problems
    assert [problem.field for problem in problems] == told


def test_what_nobody_needs_to_do_hides_nothing_that_cannot_be_read() -> None:
    by_hand = {"specversion": "1.0", "id": "1", "source": "s", "type": "com.example.alert.acknowledged"}
    reading = translating.translated(SOURCES["cloudevents"], webhook([by_hand, {"id": "2"}]), LIMIT)
    assert [alert.name for alert in reading.alerts] == ["cannot read what cloudevents sends"]
    assert reading.problems


def test_the_address_does_not_say_how_grave_it_is_that_something_cannot_be_read(book: Runbook) -> None:
    one = Webhook(json.dumps(sent("generic", "a", None)).encode(), NOW, query={"severity": "sev4"})
    assert [each.severity for each in route(SOURCES["generic"], one, book, "").routes] == ["sev4", "sev2"]


async def test_a_storm_goes_on_to_temporal_when_its_sender_has_been_told_to_send_it_again(
    settings: Settings, library: Library, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what was not yet on its way: the further parts of one group, and more groups than are sent in time."""
    published = Published(Installations(incidents.connection), loaded(library, settings))
    silencing, commit = Silencing(Silences(incidents.connection)), GroupCommit(incidents)
    there = Pipeline(published, silencing, commit, Outcomes(), LIMIT, _AtOnce())
    opens, stored = asyncio.Event(), []

    async def slow(workflow_id: str, _: Any, event: Any) -> bool:
        await opens.wait()
        stored.extend(event.alerts)
        return True

    monkeypatch.setattr(commit, "open", slow)
    monkeypatch.setattr(silencing, "in_force", _none)
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", 0.2)
    many = [{"key": f"k{n}", "title": "t", "group": "g" if n < 300 else ""} for n in range(MOST_ALERTS)]
    with pytest.raises(Refusal, match="send it again"):
        async with admission.in_time(generic.SOURCE):
            await there.take(generic.SOURCE, webhook({"alerts": many}, at=datetime.now(UTC)), None)
    opens.set()
    while there.under_way:
        await asyncio.sleep(0)
    assert len(stored) == MOST_ALERTS


class _AtOnce(Beside):
    """The machine's speed decides nothing here."""

    async def do(self, source: str, body: bytes, work: Callable[[], T]) -> T:
        return work()


async def _none(*_: Any) -> tuple[()]:
    return ()
