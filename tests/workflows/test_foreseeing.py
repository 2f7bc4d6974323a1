"""What would happen is asked of the incident itself, and is what happens when it is said."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from temporalio.client import WorkflowQueryFailedError
from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, incident, opening, works
from tests.workflows.reviews import reviewed
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, UpdateResult

MINUTE = timedelta(minutes=1)
BOOK = runbook(
    {
        "sev1": severity(
            tier("alice"),
            tier("bob", after=10),
            status_page={"owner": "communications", "first": "0m", "automatic": ["investigating"]},
        ),
        "sev2": severity(tier("alice"), tier("bob", after=30)),
    },
    templates={"public_investigating": "We look into it."},
)


async def foreseen(live: Live, name: str, **said: object) -> Foreseen:
    return await live.handle.query(IncidentWorkflow.foresee, args=[name, {"by": "Ann", **said}])


async def test_it_says_what_would_happen_and_nothing_happens(temporal: WorkflowEnvironment) -> None:
    compared = asyncio.Event()

    async def publishes_later(send: Send, attempt: int) -> Receipt:  # what the public sees is part of the mark
        await compared.wait()
        return await works(send, attempt)

    async with incident(temporal, Vendors({"publish": publishes_later}), opening("sev2", BOOK)) as live:
        await live.at(12 * MINUTE)
        before = await live.status()
        seen = await foreseen(live, "change_severity", severity="sev1", reason="all customers")
        assert await live.status() == before
        assert (seen.refused, seen.mark, seen.incident) == ("", before.mark, before.incident.id)
        assert seen.changed[0] == "Ann raised the severity from SEV-2 to SEV-1: all customers"
        assert [out.text for out in seen.outgoing] == ["We look into it."]
        assert "bob" not in [send.effect.to for send in live.vendors.arrived if send.effect.kind == "page"]
        said = {"by": "Ann", "severity": "sev1", "reason": "all customers", "if_still": seen.mark}
        done = await live.handle.execute_update("change_severity", said, result_type=UpdateResult)
        assert (done.changed, _said(done.outgoing)) == (seen.changed, _said(seen.outgoing))
        assert done.mark == (await live.status()).mark != seen.mark
        compared.set()


def _said(outgoing: Sequence[Outgoing]) -> list[tuple[str, str, str]]:
    """It is wanted since the severity changed: where it is foreseen, since it was asked."""
    return [(each.what, each.subject, each.text) for each in outgoing]


async def test_what_would_be_refused_is_said_with_its_reason(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2", BOOK)) as live:
        await live.at(1 * MINUTE)
        seen = await foreseen(live, "reopen")
        assert seen.refused.endswith("is not resolved")
        with pytest.raises(WorkflowQueryFailedError, match="knows no 'nonsense'"):
            await foreseen(live, "nonsense")


async def test_what_is_decided_by_an_older_state_is_refused(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2", BOOK)) as live:
        await live.at(1 * MINUTE)
        seen = (await live.plan()).mark
        await live.handle.signal("acknowledge", {"by": "Bob"})
        late = await foreseen(live, "resolve", if_still=seen)
        assert "it has changed meanwhile: acknowledged since" in late.refused
        await live.handle.signal("resolve", {"by": "Ann", "if_still": seen})
        assert not (await live.status()).incident.resolved


async def test_a_review_is_asked_the_same_way(temporal: WorkflowEnvironment) -> None:
    async with reviewed(temporal, Vendors(), opening()) as live:
        seen = await live.handle.query(
            "foresee", args=["waive", {"by": "Ann", "reason": "a drill"}], result_type=Foreseen
        )
        assert seen.refused == ""
        assert seen.mark == (await live.status()).mark == (await live.plan()).mark
        assert any("waived the review: a drill" in line for line in seen.changed)
        assert (await live.status()).review.answer is None
