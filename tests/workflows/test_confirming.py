"""Whether a page reached anybody, with the real server: no page waits for it, and what reached nobody goes on."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import ladder, opening, tier
from tests.workflows.incidents import Live, Vendors, about, incident
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.effects.proof import RingProof

BOOK = ladder(tier("alice"), tier("bob", after=15), within=10)
MINUTE = timedelta(minutes=1)


async def takes(send: Send, attempt: int) -> Receipt:
    return Receipt(reference=send.key, followed=True)


async def drops(send: Send, attempt: int) -> Receipt:
    return Receipt(proof=RingProof(pager="PagerDuty", there=False))


async def pages(live: Live) -> list[tuple[int, str]]:
    return [(after, key) for after, key in await live.sends() if key.startswith("escalate/")]


async def test_what_reached_nobody_calls_the_next_tier_at_once(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors({"page": takes, "confirm_ring": drops})
    async with incident(temporal, vendors, opening(BOOK)) as live:
        await live.at(2 * MINUTE)
        assert await pages(live) == [(about(0), "escalate/1/alice/1"), (about(10), "escalate/2/bob/1")]
        assert any(line.startswith("Alice's page reached nobody: PagerDuty took it") for line in await live.timeline())
