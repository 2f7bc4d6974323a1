"""A short run of what `make fuzz` does at length: whatever is sent is answered, and nothing taken without proof."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library, load
from starter.temporal.incidents import Incidents
from tests.starter.conftest import eventually
from tests.starter.fuzz.corpus import corpus, one
from tests.starter.fuzz.effects import RUNG, watched
from tests.starter.fuzz.raw import assault
from tests.starter.fuzz.recorded import SIGNED, replay
from tests.starter.fuzz.schema import explore
from tests.starter.fuzz.sending import MAX_BODY_BYTES, secrets, send
from tests.starter.sources.fixture import ALL
from tests.starter.test_serve import serving

REQUESTS, SEED = 200, 20261121


@pytest_asyncio.fixture
async def address(settings: Settings, library: Library, incidents: Incidents) -> AsyncIterator[str]:
    locked = settings.model_copy(
        update={**secrets(), "max_body_bytes": MAX_BODY_BYTES, "heartbeat_tokens": secrets()["generic_secrets"]}
    )
    async with serving(locked, library, incidents) as address:
        yield address


async def test_whatever_senders_send_is_answered_and_nothing_is_taken_without_proof(address: str) -> None:
    figures = await send(address, corpus(SEED, REQUESTS), at_once=10)
    assert figures.faults == []
    assert figures.statuses.total() == REQUESTS
    assert {202, 400, 401, 413, 422} <= set(figures.statuses), "it tries everything"


async def opened(client: Client) -> int:
    """Incidents: each of them pages, and may publish."""
    return (await client.count_workflows("WorkflowType = 'incident'")).count


async def test_what_nobody_has_proved_opens_nothing(address: str, client: Client) -> None:
    unproven = [sent for sent in corpus(SEED, REQUESTS) if not sent.proven]
    figures = await send(address, unproven, at_once=10)
    assert figures.statuses.total() == len(unproven) > 50
    assert await opened(client) == 0
    proven = next(sent for sent in corpus(SEED, REQUESTS) if sent.proven)
    await send(address, (proven,), at_once=1)
    await eventually(lambda: opened(client))  # so it would have been seen


async def test_without_secrets_nothing_opens_anything(
    settings: Settings, library: Library, incidents: Incidents, client: Client
) -> None:
    """The default of a gateway that nobody has set up."""
    async with serving(settings, library, incidents) as address:
        figures = await send(address, corpus(SEED, REQUESTS), at_once=10)
    assert 202 not in figures.statuses
    assert figures.statuses.total() == REQUESTS
    assert await opened(client) == 0


@pytest_asyncio.fixture
async def loud(settings: Settings, tmp_path: Path, incidents: Incidents) -> AsyncIterator[str]:
    """By a runbook whose every incident rings somebody and is told to the public."""
    (tmp_path / "rung.yaml").write_text(RUNG)
    locked = settings.model_copy(update={**secrets(), "max_body_bytes": MAX_BODY_BYTES})
    async with serving(locked, load(tmp_path / "rung.yaml"), incidents) as address:
        yield address


async def test_each_incident_rings_once_and_no_word_of_an_alerts_is_public(loud: str, client: Client) -> None:
    async with watched(client) as effects:
        figures = await send(loud, corpus(SEED, REQUESTS), at_once=10)
        assert await effects.faults(figures) == []
    assert len(effects.pages) > 20
    assert len(effects.publications) > 20


async def test_what_nobody_has_proved_rings_nobody(loud: str, client: Client) -> None:
    async with watched(client) as effects:
        await send(loud, (sent for sent in corpus(SEED, REQUESTS) if not sent.proven), at_once=10)
        proven = [next(sent for sent in corpus(SEED, REQUESTS) if sent.proven)]
        figures = await send(loud, proven, at_once=1)
        assert await effects.faults(figures) == []
    assert len(effects.pages) <= len(figures.incidents)


async def test_a_recorded_request_rings_nobody_again(loud: str, client: Client) -> None:
    async with watched(client) as effects:
        assert await replay(loud, SEED) == []
        await effects.settle()
    assert len(effects.pages) <= len(SIGNED)


async def test_what_no_library_would_send_keeps_nobody_out(address: str) -> None:
    assert await assault(address, SEED) == []


async def test_a_recorded_request_has_no_effect_under_other_headers(address: str) -> None:
    assert await replay(address, SEED) == []


async def test_whatever_the_openapi_document_allows_or_forbids_is_answered(address: str) -> None:
    statuses = await asyncio.to_thread(explore, address, 2)
    assert statuses[401] > len(ALL)


def test_a_request_is_made_again_from_its_seed() -> None:
    made = [(sent.content, sent.query, sent.proven) for sent in corpus(SEED, 100)]
    assert made == [(sent.content, sent.query, sent.proven) for sent in (one(f"{SEED}/{n}") for n in range(100))]
