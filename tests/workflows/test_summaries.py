"""What Temporal's UI shows in a line weighs what Temporal takes, whatever letters it is made of: by more than that a
task would fail for ever, and an incident would not even begin."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from starter.temporal.incidents import Incidents
from starter.temporal.silences import Silences, new_id
from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Vendors, company, firing, incident, opening
from tests.workflows.silences import HOUR, crew, silence
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.silence import Captured, SilenceSummary, workflow_id

LIMIT = 400
"""Bytes of the payload (`limit.userMetadataSummarySize`, which some versions of the server enforce)."""
LETTERS = ("漢", "🔥", '"', "\\", "\u0001", "é", "x")


def weights(history: WorkflowHistory) -> list[int]:
    return [
        event.user_metadata.summary.ByteSize() for event in history.events if event.user_metadata.HasField("summary")
    ]


def named(letter: str) -> Runbook:
    """Its people have long names."""
    book = company()
    people = {key: person.model_copy(update={"name": letter * 200}) for key, person in book.people.items()}
    return book.model_copy(update={"people": people})


@pytest.mark.parametrize("letter", LETTERS)
async def test_an_incidents_sends_and_timers(temporal: WorkflowEnvironment, letter: str) -> None:
    async with incident(temporal, Vendors(), opening(runbook=named(letter))) as live:
        await live.at(timedelta(minutes=2))
        found = weights(await live.handle.fetch_history())
    assert len(found) > 3
    assert max(found) <= LIMIT


@pytest.mark.parametrize("letter", LETTERS)
async def test_an_incidents_own(temporal: WorkflowEnvironment, letter: str) -> None:
    about = opening().model_copy(update={"title": letter * 300})
    handle = temporal.client.get_workflow_handle(await Incidents(temporal.client).declare(about))
    found = weights(await handle.fetch_history())
    await handle.terminate()
    assert 300 < max(found) <= LIMIT  # as much as there is room for


@pytest.mark.parametrize("letter", LETTERS)
async def test_a_silences(temporal: WorkflowEnvironment, letter: str) -> None:
    now = datetime.now(UTC)
    matchers = tuple(Matcher(label=f"label{n}", operator="=", value=letter * 200) for n in range(3))
    card = SilenceSummary(
        id=new_id(), matchers=matchers, starts_at=now, ends_at=now + HOUR, by="Alice", reason="moving"
    )
    await Silences(Incidents(temporal.client).connection).add(card)
    handle = temporal.client.get_workflow_handle(workflow_id(card.id))
    found = weights(await handle.fetch_history())
    await handle.terminate()
    assert max(found) <= LIMIT


async def test_what_a_silence_hands_on(temporal: WorkflowEnvironment) -> None:
    async with silence(temporal) as quiet, crew(temporal):
        about = opening().model_copy(update={"title": "漢" * 300})
        incident = f"incident-{quiet.card.id}"
        quiet.incidents.add(incident)
        await quiet.handle.signal("hold", Captured(workflow_id=incident, opening=about, alerts=(firing(),)))
        await quiet.handle.signal("expire")
        async with asyncio.timeout(HANGS_AFTER_S):
            await quiet.handle.result()
        found = weights(await quiet.handle.fetch_history())
    assert max(found) <= LIMIT
