"""What somebody has yet to fill in never leaves the house, whoever lets it out (rule 21)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, incident, opening
from workflows.policy.effects.effects import Email, Publish
from workflows.policy.runbook.model import Runbook

MINUTE = timedelta(minutes=1)
TEXT = "We are on it. Some users may experience [impact]."


def book(status_page: Mapping[str, object] | None = None, *duties: Mapping[str, object]) -> Runbook:
    rules = severity(tier("alice"), **{"status_page": status_page} if status_page else {}, duties=duties)  # type: ignore[arg-type]
    return runbook(rules, templates={"public_investigating": TEXT, "notice": TEXT})


PAGE = {"owner": "communications", "first": "0m"}
MAIL = {"id": "notice", "kind": "email", "template": "notice", "to": "all@acme.example", "owner": "communications"}


def outside(live: Live) -> list[str]:
    return [send.text for send in live.vendors.arrived if isinstance(send.effect, Publish | Email)]


@pytest.mark.parametrize(
    ("rules", "draft"),
    [
        (book({**PAGE, "automatic": ["investigating"]}), "status-page"),
        (book({**PAGE, "anyway_after": "5m"}), "status-page"),
        (book(None, {**MAIL, "approval": True, "anyway_after": "5m"}), "notice"),
    ],
    ids=["automatic", "anyway after", "a mail, anyway after"],
)
async def test_nothing_lets_it_out_but_somebodys_words(
    temporal: WorkflowEnvironment, rules: Runbook, draft: str
) -> None:
    async with incident(temporal, Vendors(), opening(runbook=rules)) as live:
        await live.at(30 * MINUTE)
        assert outside(live) == []
        for words, named in (("", "[impact]"), ("Users may experience [impact]", "[impact]")):
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await live.handle.execute_update("approve", {"by": "Bob", "draft": draft, "text": words})
            assert named in str(refused.value.cause)
        await live.handle.signal("approve", {"by": "Bob", "draft": draft})  # a signal is never refused
        await live.at(60 * MINUTE)
        assert outside(live) == []
        told = [send for send in live.vendors.arrived if "did not go out: it would say [impact]" in send.text]
        assert len(told) == 2
        await live.handle.execute_update("approve", {"by": "Bob", "draft": draft, "text": "Checkout is slow."})
        await live.at(61 * MINUTE)
        assert outside(live) == ["Checkout is slow."]


async def test_a_mail_that_needs_no_approval_is_handed_to_the_role_that_owes_it(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=book(None, MAIL))) as live:
        await live.at(1 * MINUTE)
        assert outside(live) == []
        [told] = [send for send in live.vendors.arrived if "by hand: email: notice" in send.text]
        assert "[impact]" in told.text


async def test_a_persons_own_words_are_read_too(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=book(PAGE))) as live:
        for _ in range(2):
            with pytest.raises(WorkflowUpdateFailedError):
                await live.handle.execute_update("post_update", {"by": "Bob", "text": "Up to TBD", "public": True})
        await live.handle.signal("post_update", {"by": "Bob", "text": "Up to TBD", "public": True})
        await live.at(5 * MINUTE)
        assert outside(live) == []
