"""Genuine requests that somebody recorded and sends again, under other headers of those that nobody signed."""

import json
import random

import httpx

from starter.sources.table import SOURCES
from tests.patience import HANGS_AFTER_S
from tests.starter.sources import fixture

SIGNED = ("sentry", "github", "pagerduty")
"""Whose proof is over the body alone."""
UNSIGNED_HEADERS = ("Request-ID", "X-Webhook-Id", "X-GitHub-Delivery", "X-Atlassian-Webhook-Identifier", "User-Agent")


async def replay(address: str, seed: int) -> list[str]:
    """Which of them had an effect: that is a fault."""
    dice, faults = random.Random(seed), []
    async with httpx.AsyncClient(base_url=address, timeout=HANGS_AFTER_S, trust_env=False) as http:
        for name in SIGNED:
            given = fixture.of(SOURCES[name])
            for body in (given.firing, given.resolved):
                content = json.dumps(body).encode()
                headers = {**given.headers, **given.prove(content, given.secrets[0]).headers}
                counts = []
                for _ in range(3):
                    noise = {header: dice.randbytes(8).hex() for header in UNSIGNED_HEADERS if dice.random() < 0.7}
                    answer = await http.post(f"/webhooks/{name}", content=content, headers={**headers, **noise})
                    counts.append(answer.json().get("accepted", 0))
                if counts[1:] != [0, 0]:
                    faults.append(f"{name}/{seed}: a recorded request counted again: {counts}")
    return faults
