"""Sends a corpus to a gateway, and says what it did."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from tests.patience import HANGS_AFTER_S
from tests.starter.fuzz.corpus import UNPROVABLE, FuzzRequest
from tests.starter.sources import fixture
from tests.starter.sources.fixture import ALL

ANSWERS = {202, 400, 401, 413, 422, 503}
"""What a sender may hear (`docs/sources/README.md`); 403 only without a secret."""
MAX_BODY_BYTES = 100_000
"""Some of what is sent is larger."""
NOBODYS_TOPIC = "arn:aws:sns:eu-central-1:123456789012:a-topic-of-nobody"


@dataclass
class FuzzFigures:
    """What was answered, and what should not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    unproven: int = 0
    slowest_s: float = 0
    faults: list[str] = field(default_factory=list)
    incidents: set[str] = field(default_factory=set)
    """Of which senders were told."""
    unsure: set[str] = field(default_factory=set)
    """Sources of which a genuine sender was told to come again: what it sent may have arrived all the same."""

    def add(self, sent: FuzzRequest, status: int, text: str, took_s: float) -> None:
        self.statuses[status] += 1
        self.unproven += not sent.proven
        self.slowest_s = max(self.slowest_s, took_s)
        if sent.proven and status == httpx.codes.SERVICE_UNAVAILABLE:
            self.unsure.add(sent.source.name)
        if status == httpx.codes.ACCEPTED:
            self.incidents |= set(json.loads(text)["incidents"])
        if status not in ANSWERS:
            self.faults.append(f"{sent.source.name} {sent.seed}: {status} {text[:200]}")
        elif status < 300 and not sent.proven:
            self.faults.append(f"{sent.source.name} {sent.seed}: accepted without proof")
        elif status == 401 and sent.proven and _is_text(sent.content):
            self.faults.append(f"{sent.source.name} {sent.seed}: a genuine sender was refused")


def _is_text(content: bytes) -> bool:
    """The library of Standard Webhooks verifies text only: what is none is refused, and would be no JSON either."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def secrets() -> dict[str, tuple[SecretStr, ...]]:
    """For every source its own, by the name of its setting."""
    return {
        source.secrets: tuple(
            map(SecretStr, (NOBODYS_TOPIC,) if source.name in UNPROVABLE else fixture.of(source).secrets)
        )
        for source in ALL
    }


async def send(address: str, corpus: Iterable[FuzzRequest], at_once: int) -> FuzzFigures:
    """As many at once as there are senders; each waits for its answer."""
    figures, waiting = FuzzFigures(), iter(corpus)
    async with httpx.AsyncClient(base_url=address, timeout=HANGS_AFTER_S, trust_env=False) as http:

        async def sender() -> None:
            for sent in waiting:
                await _send(http, sent, figures)

        await asyncio.gather(*(sender() for _ in range(at_once)))
    return figures


async def _send(http: httpx.AsyncClient, sent: FuzzRequest, figures: FuzzFigures) -> None:
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in sent.headers.items()]
    started = time.monotonic()
    try:
        answer = await http.post(
            f"/webhooks/{sent.source.name}", content=sent.content, headers=headers, params=dict(sent.query)
        )
    except httpx.TransportError as error:
        figures.faults.append(f"{sent.source.name} {sent.seed}: {error!r}")
        figures.unsure.add(sent.source.name)
    else:
        figures.add(sent, answer.status_code, answer.text, time.monotonic() - started)
