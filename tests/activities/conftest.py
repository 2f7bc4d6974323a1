"""One sandbox for all adapters, empty at the start of each test."""

from collections.abc import AsyncIterator

import pytest

from activities.jira import Jira
from activities.ntfy import Ntfy
from activities.pagerduty import PagerDuty
from activities.slack import Slack
from activities.statuspage import Statuspage
from tests.sandbox_server import SandboxServer, running_sandbox

ROUTING_KEY = "R0ON-CALL-SECRET"
API_TOKEN = "pagerduty-rest-secret"
SLACK_TOKEN = "xoxb-slack-secret"
STATUSPAGE_TOKEN = "statuspage-secret"
NTFY_TOPIC = "on-call-topic-secret"
NTFY_TOKEN = "tk-ntfy-secret"
JIRA_TOKEN = "jira-secret"


@pytest.fixture(scope="session")
async def one_sandbox() -> AsyncIterator[SandboxServer]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(one_sandbox: SandboxServer) -> SandboxServer:
    await one_sandbox.reset()
    return one_sandbox


@pytest.fixture
async def slack(sandbox: SandboxServer) -> AsyncIterator[Slack]:
    adapter = Slack(SLACK_TOKEN, sandbox.slack_url, {"on-call": "U0ONCALL"})
    yield adapter
    await adapter.close()


@pytest.fixture
def pagerduty(sandbox: SandboxServer) -> PagerDuty:
    keys = {"on-call": ROUTING_KEY, "mistyped": "R0BAD-SECRET"}
    return PagerDuty(keys, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, API_TOKEN, "tocsin@example.com")


@pytest.fixture
def ntfy(sandbox: SandboxServer) -> Ntfy:
    return Ntfy({"on-call": NTFY_TOPIC}, sandbox.ntfy_url, NTFY_TOKEN)


@pytest.fixture
def statuspage(sandbox: SandboxServer) -> Statuspage:
    return Statuspage(STATUSPAGE_TOKEN, "p1", sandbox.statuspage_url)


@pytest.fixture
def jira(sandbox: SandboxServer) -> Jira:
    return Jira(sandbox.jira_url, "tocsin@example.com", JIRA_TOKEN, "OPS", "Task")
