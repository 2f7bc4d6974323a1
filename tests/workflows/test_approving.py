"""What somebody lets out is what they have read: a draft that reads otherwise by then does not go out."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Live, Vendors, incident, opening
from workflows.policy.effects.effects import Email, Post, Publish
from workflows.policy.runbook.model import Runbook

MINUTE = timedelta(minutes=1)
NOTICE = {"id": "notice", "kind": "email", "template": "notice", "to": "customers", "approval": True}
BOOK = Runbook.model_validate(
    {
        "runbook": "acme",
        "title": "Acme",
        "home": "#incidents",
        "people": {"ann": {"name": "Ann"}},
        "roles": {"commander": {"name": "Commander"}},
        "audiences": {"customers": {"name": "Customers", "addresses": ["all@acme.example"]}},
        "severities": {
            name: {
                "title": name,
                "definition": name,
                "escalation": [{"page": ["ann"]}],
                "status_page": {"owner": "commander", "first": "0m"},
                "duties": [NOTICE],
            }
            for name in ("sev1", "sev2")
        },
        "templates": {
            "notice": "A {{ severity }} of ours. {{ impact | default('') }}",
            "public_investigating": "We look into a {{ severity }}.",
            "public_identified": "We know more of a {{ severity }}.",
        },
    }
)
DRAFTS = ["notice", "status-page"]


async def pressed(live: Live, draft: str, label: str = "Approve") -> dict[str, str]:
    """What travels in the button of the message that shows the draft."""
    await live.at(1 * MINUTE)
    posts = [send.effect for send in live.vendors.arrived if isinstance(send.effect, Post)]
    (offer,) = [
        each for post in posts for each in post.offers if each.label == label and each.said.get("draft") == draft
    ]
    return {"by": "Bob", "draft": draft, "if_still": offer.if_still}


def outside(live: Live) -> list[str]:
    return [send.text for send in live.vendors.arrived if isinstance(send.effect, Publish | Email)]


@pytest.mark.parametrize("draft", DRAFTS)
async def test_a_draft_that_reads_as_it_did_goes_out_whatever_else_has_happened(
    temporal: WorkflowEnvironment, draft: str
) -> None:
    async with incident(temporal, Vendors(), opening(runbook=BOOK)) as live:
        seen = await pressed(live, draft)
        assert seen["if_still"]
        await live.handle.execute_update("acknowledge", {"by": "Ann"})
        await live.handle.execute_update("assign_role", {"by": "Ann", "role": "commander", "person": "ann"})
        await live.handle.execute_update("approve", seen)
        await live.at(3 * MINUTE)
        assert len(outside(live)) == 1
        assert "SEV-1" in outside(live)[0]


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("label", ["Approve", "Edit"])
async def test_one_that_reads_otherwise_does_not_and_whoever_pressed_reads_why(
    temporal: WorkflowEnvironment, draft: str, label: str
) -> None:
    async with incident(temporal, Vendors(), opening(runbook=BOOK)) as live:
        seen = await pressed(live, draft, label)
        await live.handle.execute_update("change_severity", {"by": "Ann", "severity": "sev2"})
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await live.handle.execute_update("approve", seen)
        assert "the draft reads otherwise now than where you saw it; press Edit" in str(refused.value.cause)
        await live.handle.signal("approve", seen)  # which nobody refuses: no worker ran
        await live.at(3 * MINUTE)
        assert outside(live) == []
        told = [send.text for send in live.vendors.arrived if "what Bob wanted (approve) was not done" in send.text]
        assert len(told) == 1


@pytest.mark.parametrize("draft", DRAFTS)
async def test_whoever_edits_it_as_it_is_now_lets_it_out(temporal: WorkflowEnvironment, draft: str) -> None:
    async with incident(temporal, Vendors(), opening(runbook=BOOK)) as live:
        await pressed(live, draft)
        await live.handle.execute_update("change_severity", {"by": "Ann", "severity": "sev2"})
        status = await live.status()
        (waiting,) = [each for each in status.drafts if each.name == draft]
        assert "SEV-2" in waiting.text
        words = {"text": f"{waiting.text} All is well.", "if_still": waiting.if_still}
        await live.handle.execute_update("approve", {"by": "Bob", "draft": draft, **words})
        await live.at(3 * MINUTE)
        assert [text.endswith("All is well.") for text in outside(live)] == [True]


async def test_an_old_button_does_not_let_the_next_draft_out(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=BOOK)) as live:
        seen = await pressed(live, "status-page")
        await live.handle.execute_update("approve", seen)
        await live.handle.execute_update("post_update", {"by": "Ann", "text": "the cache", "phase": "identified"})
        await live.at(3 * MINUTE)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await live.handle.execute_update("approve", seen)
        assert "reads otherwise" in str(refused.value.cause)
        assert len(outside(live)) == 1


async def test_one_that_was_let_out_already_is_said_to_wait_no_more(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=BOOK)) as live:
        seen = await pressed(live, "notice")
        await live.handle.execute_update("approve", seen)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await live.handle.execute_update("approve", seen)
        assert "no draft notice is waiting" in str(refused.value.cause)
