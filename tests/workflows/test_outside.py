"""Who lets something out to people outside sees it whole, before and after (`show`, `approve`)."""

from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, incident, opening
from workflows.policy.effects.effects import Email, Publish
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import UpdateResult

MINUTE = timedelta(minutes=1)
LONG = f"We look into {{{{ issue }}}}. {'It may take a while. ' * 60}Sorry."
OUT = LONG.replace("{{ issue }}", "a problem with some of our services")
PAGE = {"owner": "communications", "first": "0m", "automatic": ["monitoring"]}
MAIL = {"id": "notice", "kind": "email", "template": "notice", "to": "all@acme.example", "owner": "communications"}


def book() -> Runbook:
    rules = severity(tier("alice"), status_page=PAGE, duties=[{**MAIL, "approval": True}])
    templates = {"public_investigating": LONG, "notice": "Subject: Our services\n\nSome [impact]."}
    return runbook(rules, templates=templates)


def outside(live: Live) -> list[tuple[str, str]]:
    return [(s.subject, s.text) for s in live.vendors.arrived if isinstance(s.effect, Publish | Email)]


async def update(live: Live, name: str, **said: object) -> UpdateResult:
    answer: UpdateResult = await live.handle.execute_update(name, {"by": "Bob", **said}, result_type=UpdateResult)
    return answer


async def test_drafts_that_wait_are_shown_whole_as_they_would_go_out(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=book())) as live:
        await live.at(1 * MINUTE)
        status = await live.status()
        page, mail = status.drafts
        assert (page.name, page.what, page.subject) == (
            "status-page", "status page: investigating", "A problem with some of our services",
        )  # fmt: skip
        assert (page.text, page.to_fill_in, page.since) == (OUT, (), status.incident.opened_at)
        assert (mail.name, mail.subject, mail.text) == ("notice", "Our services", "Some [impact].")
        assert mail.to_fill_in == ("[impact]",)
        assert not status.incident.public.begun


async def test_an_approval_shows_what_it_lets_out_and_then_what_stands_there(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=book())) as live:
        await live.at(1 * MINUTE)
        [page] = (await update(live, "approve", draft="status-page")).outgoing
        [mail] = (await update(live, "approve", draft="notice", text="Subject: Sorry\nIt is slow.")).outgoing
        await live.at(2 * MINUTE)
        assert sorted(outside(live)) == sorted([(page.subject, page.text), (mail.subject, mail.text)])
        assert (page.text, mail.text) == (OUT, "It is slow.")
        status = await live.status()
        assert status.drafts == ()
        assert (status.incident.public.says, status.incident.public.status) == (OUT, "investigating")


@pytest.mark.parametrize(
    ("name", "said", "text"),
    [
        ("mitigate", {}, "A fix for a problem with some of our services is in place.\nWe are watching the results."),
        ("post_update", {"text": "iOS is slow.", "public": True}, "iOS is slow."),
        ("correct", {"text": "All is slow."}, "All is slow."),
        ("note", {"text": "nothing of this leaves"}, None),
    ],
)
async def test_so_does_whatever_else_reaches_the_public(
    temporal: WorkflowEnvironment, name: str, said: dict[str, object], text: str | None
) -> None:
    async with incident(temporal, Vendors(), opening(runbook=book())) as live:
        await live.at(1 * MINUTE)
        await update(live, "approve", draft="status-page")
        await live.at(2 * MINUTE)
        assert [each.text for each in (await update(live, name, **said)).outgoing] == ([text] if text else [])
        await live.at(3 * MINUTE)
        assert (await live.status()).incident.public.says == (text or OUT)
