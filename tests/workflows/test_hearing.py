"""What an incident makes of what it hears: nothing is lost, nothing wedges or fails it (rule 12)."""

import asyncio

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Vendors, firing, incident, opening
from workflows.policy.views.results import UpdateResult

NOT_UNDERSTOOD = [
    ("a number where an object belongs", "acknowledge", [17]),
    ("a text where an object belongs", "resolve", ["now!"]),
    ("a required field missing", "change_severity", [{"by": "Alice"}]),
    ("a value that does not exist", "change_severity", [{"severity": "sev9"}]),
    ("a date that is none", "acknowledge", [{"at": "yesterday"}]),
    ("an unknown name", "make_coffee", [{"strong": True}]),
    ("a list", "note", [[1, 2]]),
    ("bytes that are not JSON", "note", [b"\xff\xfe"]),
]


@pytest.mark.parametrize(("what", "name", "args"), NOT_UNDERSTOOD, ids=[row[0] for row in NOT_UNDERSTOOD])
async def test_a_signal_that_cannot_be_read_becomes_a_line_on_the_timeline(
    temporal: WorkflowEnvironment, what: str, name: str, args: list[object]
) -> None:
    async with incident(temporal, Vendors(), opening("sev3")) as live:
        await live.handle.signal(name, args=args)
        status = await live.status()
    loud = [entry.text for entry in status.incident.timeline if entry.loud]
    assert any(f"could not read a message named {name!r}" in text for text in loud), what
    assert status.incident.phase == "investigating"


async def test_a_bare_resolve_signal_resolves(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.handle.signal("resolve")
        assert (await live.status()).incident.phase == "resolved"


async def test_unknown_fields_are_ignored(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.handle.signal("acknowledge", {"by": "Alice", "mood": "tired"})
        assert (await live.status()).incident.acknowledged_by == "Alice"


async def test_an_event_id_that_was_heard_changes_nothing_as_signal_or_update(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        said = {"id": "event-1", "by": "Alice", "text": "disk is full"}
        await live.handle.execute_update("note", said, id="event-1")
        await live.handle.signal("note", said)
        await live.handle.signal("note", said)
        timeline = (await live.status()).incident.timeline
    assert [(entry.text, entry.count) for entry in timeline if "disk" in entry.text] == [("Alice: disk is full", 1)]


async def test_several_arguments_are_several_events_and_each_is_read_by_itself(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        said = [{"text": "one", "id": "1"}, "noise", {"text": "two", "id": "2"}, {"text": "one", "id": "1"}]
        await live.handle.signal("note", args=said)
        heard = [line for line in await live.timeline() if "one" in line or "two" in line or "could not" in line]
    assert [line.split(":")[0] for line in heard] == ["someone", "could not read a message named 'note'", "someone"]


async def test_an_update_answers_what_it_changed(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2")) as live:
        answer = await live.handle.execute_update(
            "change_severity", {"by": "Alice", "severity": "sev1", "reason": "all users"}, result_type=UpdateResult
        )
    assert answer.changed == (
        "Alice raised the severity from SEV-2 to SEV-1: all users",
        "Alice raised the severity by hand, which counts as an acknowledgement: Alice is on it",
    )


REFUSED = [
    ("acknowledge", {"by": "Bob"}, "is already resolved, by Alice"),
    ("resolve", {"by": "Bob"}, "is already resolved, by Alice"),
    ("escalate", {"to": "vp-engineering"}, "is already resolved, by Alice"),
    ("change_severity", {"severity": "sev2"}, "is already resolved, by Alice"),
    ("make_coffee", {}, "knows no 'make_coffee'"),
    ("assign_role", {"role": "cook", "person": "Bob"}, "'cook' is not a role of the runbook company"),
    ("change_severity", {"severity": "sev9"}, "cannot read this change_severity: severity"),
]


@pytest.mark.parametrize(("name", "argument", "sentence"), REFUSED, ids=[row[0] + ": " + row[2] for row in REFUSED])
async def test_an_update_is_refused_with_a_sentence_and_changes_nothing(
    temporal: WorkflowEnvironment, name: str, argument: dict[str, object], sentence: str
) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.handle.execute_update("resolve", {"by": "Alice"})
        before = (await live.status()).incident.timeline
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await live.handle.execute_update(name, argument)
        assert sentence in str(refusal.value.cause)
        after = (await live.status()).incident.timeline
    assert [e.text for e in after if e.kind == "event"] == [e.text for e in before if e.kind == "event"]


async def test_signals_never_fail_the_incident_even_after_it_was_resolved(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.handle.signal("resolve")
        for name in ("acknowledge", "resolve", "mitigate", "approve", "snooze", "escalate", "cancel"):
            await live.handle.signal(name)
        await live.status()
        description = await live.handle.describe()
    # Cancelled, it may have ended meanwhile: with all that it owed, and not because of what it heard.
    assert description.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)


async def test_an_alert_that_fires_after_the_verification_time_opens_the_next_incident(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening()) as live:
        opened = (await live.status()).incident
        first = opened.id
        await live.handle.signal("cancel", {"by": "Alice"})
        await live.handle.signal("alert", {"alerts": [firing().model_dump(mode="json")]})
        live.handle = temporal.client.get_workflow_handle(live.handle.id)  # whichever run is the newest
        second = (await live.status()).incident
        async with asyncio.timeout(HANGS_AFTER_S):
            while second.id == first:
                second = (await live.status()).incident
        assert second.phase == "investigating"
        assert (opened.title, second.title) == ("Checkout fails", "HighErrorRate: 20 % errors")
        assert second.declared_at > opened.declared_at
        assert [alert.name for alert in second.firing] == ["HighErrorRate"]
