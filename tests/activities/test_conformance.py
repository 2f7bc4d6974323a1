"""What every adapter owes, whichever its vendor. A new adapter passes this first: it adds itself to the fixture."""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.jira import Jira
from activities.ntfy import Ntfy
from activities.pagerduty import PagerDuty
from activities.slack import Slack
from activities.statuspage import Statuspage
from tests.activities import sends
from tests.activities.conftest import (
    API_TOKEN,
    JIRA_TOKEN,
    NTFY_TOKEN,
    NTFY_TOPIC,
    ROUTING_KEY,
    SLACK_TOKEN,
    STATUSPAGE_TOKEN,
)
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Receipt, Send


@dataclass(frozen=True)
class Adapter:
    """One vendor's way to say something once."""

    request: dict[str, str]
    """Which request has the effect: a fault's `vendor`, `method` and `match`."""
    build: Callable[..., Send]
    deliver: Callable[[Send, bool], Awaitable[Receipt]]
    shown: Callable[[dict[str, Any]], list[str]]
    """The texts that people see, out of the sandbox's state."""
    secrets: tuple[str, ...]
    sandbox: SandboxServer

    async def fault(self, **fault: Any) -> None:
        await self.sandbox.fault(**self.request, **fault)

    async def requests(self) -> list[dict[str, Any]]:
        wire = await self.sandbox.wire(vendor=self.request["vendor"])  # type: ignore[arg-type]  # one of them
        return [entry for entry in wire if self.request["method"] in entry["path"] and entry["method"] == "POST"]


def in_slack(state: dict[str, Any]) -> list[str]:
    messages = [message for channel in state["channels"] for message in channel["messages"]]
    sections = [message["blocks"][0]["elements"][0]["elements"] for message in messages]
    return ["".join(element.get("text", element.get("url", "")) for element in section) for section in sections]


def in_pagerduty(state: dict[str, Any]) -> list[str]:
    return [ring["summary"] for ring in state["rings"]]


def on_the_page(state: dict[str, Any]) -> list[str]:
    return [update["body"] for incident in state["statuspage_incidents"] for update in incident["incident_updates"]]


def slack_posts(slack: Slack, sandbox: SandboxServer) -> Adapter:
    posting = {"vendor": "slack", "method": "chat.postMessage"}
    return Adapter(posting, sends.post, slack.post, in_slack, (SLACK_TOKEN,), sandbox)


def pagerduty_rings(pagerduty: PagerDuty, sandbox: SandboxServer) -> Adapter:
    ringing = {"vendor": "pagerduty", "method": "enqueue"}
    secrets = (ROUTING_KEY, API_TOKEN, ROUTING_KEY[-4:])
    return Adapter(ringing, sends.page, pagerduty.page, in_pagerduty, secrets, sandbox)


def statuspage_publishes(statuspage: Statuspage, sandbox: SandboxServer) -> Adapter:
    creating = {"vendor": "statuspage", "method": "incidents", "match": "metadata"}
    return Adapter(creating, sends.publish, statuspage.publish, on_the_page, (STATUSPAGE_TOKEN,), sandbox)


def in_jira(state: dict[str, Any]) -> list[str]:
    return [ticket["text"] for ticket in state["tickets"]]


def jira_opens(jira: Jira, sandbox: SandboxServer) -> Adapter:
    creating = {"vendor": "jira", "method": "issue"}
    return Adapter(creating, sends.ticket, jira.file_ticket, in_jira, (JIRA_TOKEN,), sandbox)


def in_ntfy(state: dict[str, Any]) -> list[str]:
    return [notification["message"] for notification in state["notifications"]]


def ntfy_rings(ntfy: Ntfy, sandbox: SandboxServer) -> Adapter:
    publishing = {"vendor": "ntfy", "method": "ntfy/", "match": "priority"}
    return Adapter(publishing, sends.page, ntfy.page, in_ntfy, (NTFY_TOPIC, NTFY_TOKEN), sandbox)


ALL = [slack_posts, pagerduty_rings, ntfy_rings, statuspage_publishes, jira_opens]


@pytest.fixture(params=ALL, ids=["slack", "pagerduty", "ntfy", "statuspage", "jira"])
def adapter(request: pytest.FixtureRequest, sandbox: SandboxServer) -> Adapter:
    vendor = request.getfixturevalue(request.param.__name__.partition("_")[0])
    adapter: Adapter = request.param(vendor, sandbox)
    return adapter


@pytest.mark.parametrize("status", [408, 420, 425, 429, 500, 501, 502, 503, 504])
async def test_not_now_is_unavailable(adapter: Adapter, status: int) -> None:
    await adapter.fault(status=status, error="no")
    with pytest.raises(Unavailable, match=str(status)):
        await adapter.deliver(adapter.build(), False)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 451])
async def test_never_is_rejected(adapter: Adapter, status: int) -> None:
    await adapter.fault(status=status, error="no")
    with pytest.raises(Rejected, match=str(status)):
        await adapter.deliver(adapter.build(), False)


async def test_a_failure_in_html_is_unavailable(adapter: Adapter) -> None:
    await adapter.fault(status=503)
    with pytest.raises(Unavailable, match=r"answered 503$"):
        await adapter.deliver(adapter.build(), False)


@pytest.mark.parametrize("status", [429, 503])
async def test_the_vendor_says_when_to_try_again(adapter: Adapter, status: int) -> None:
    await adapter.fault(status=status, error="no", retry_after=1200)
    with pytest.raises(Unavailable) as failure:
        await adapter.deliver(adapter.build(), False)
    assert failure.value.retry_after == timedelta(minutes=20)


async def test_a_reset_connection_is_unavailable_and_sends_once(adapter: Adapter) -> None:
    await adapter.fault(drop="before")
    with pytest.raises(Unavailable):
        await adapter.deliver(adapter.build(), False)
    assert len(await adapter.requests()) == 1


async def test_a_failing_vendor_is_asked_once(adapter: Adapter) -> None:
    await adapter.fault(status=500)
    with pytest.raises(Unavailable):
        await adapter.deliver(adapter.build(), False)
    assert len(await adapter.requests()) == 1


async def test_a_vendor_that_hangs_is_unavailable_and_asked_once(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pagerduty", "ntfy", "statuspage", "jira"):
        monkeypatch.setattr(f"activities.{module}.HTTP_TIMEOUT_S", 0.1)
    monkeypatch.setattr("activities.slack_api.SLACK_TIMEOUT_S", 0.1)
    impatient = Slack(SLACK_TOKEN, adapter.sandbox.slack_url, {})
    deliver = impatient.post if adapter.request["vendor"] == "slack" else adapter.deliver
    await adapter.fault(delay_s=0.3, status=500)  # the status: it must not reach the next test's sandbox after all
    with pytest.raises(Unavailable):
        await deliver(adapter.build(), False)
    await impatient.close()
    assert len(await adapter.requests()) == 1


async def test_a_lost_reply_and_a_second_attempt_have_one_effect(adapter: Adapter) -> None:
    send = adapter.build()
    await adapter.fault(drop="after", times=1)
    with pytest.raises(Unavailable):
        await adapter.deliver(send, False)
    receipt = await adapter.deliver(send, True)
    assert len(adapter.shown(await adapter.sandbox.state())) == 1
    assert receipt.reference
    assert receipt.note == "it was already there"


async def test_a_lost_request_and_a_second_attempt_have_one_effect(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.jira.INDEXED", timedelta())
    send = adapter.build()
    await adapter.fault(drop="before", times=1)
    with pytest.raises(Unavailable):
        await adapter.deliver(send, False)
    receipt = await adapter.deliver(send, True)
    assert len(adapter.shown(await adapter.sandbox.state())) == 1
    assert receipt.note is None


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_no_secret_is_in_an_error_or_a_log_even_if_the_vendor_echoes_it(
    adapter: Adapter, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await adapter.fault(status=status, error=f"what is {' or '.join(adapter.secrets[:2])}?")
    with pytest.raises((Unavailable, Rejected)) as failure:
        await adapter.deliver(adapter.build(), False)
    said = "".join(traceback.format_exception(failure.value, chain=True)) + repr(failure.value.args)
    assert "what is ***" in said
    for secret in adapter.secrets:
        assert secret not in said
        assert secret not in caplog.text


HOSTILE = {
    "a mention of everybody": "<!channel> <!here> <!everyone> @channel @here",
    "a mention of somebody": "<@U0ONCALL> <#C0GENERAL> <!subteam^S0ALL>",
    "a masked link": "<https://evil.example|https://good.example>",
    "formatting": "*bold* _italic_ ~gone~ `code` ```block```",
    "entities": "&lt;!channel&gt; &amp;amp; <b>&",
    "a template": "{{ incident.__class__ }} {0.__class__} %s %(key)s ${HOME}",
    "every alphabet": "zażółć 検索 خطأ 👩‍🚒 e\u0301",
    "quotes and backslashes": "\"'\\ \\u0000 </script>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_arrives_literally(adapter: Adapter, text: str) -> None:
    await adapter.deliver(adapter.build(text=text, subject=text), False)
    assert adapter.shown(await adapter.sandbox.state()) == [text]


async def test_what_cannot_be_seen_does_not_arrive(adapter: Adapter) -> None:
    text = "\x00\x1b[31mre\x08d\u202e \u2066abc\u2069\ud800\x7f\x9b"
    await adapter.deliver(adapter.build(text=text, subject=text), False)
    assert adapter.shown(await adapter.sandbox.state()) == ["[31mred abc"]


async def test_a_very_long_text_is_cut_and_accepted(adapter: Adapter) -> None:
    text = "disk full & <burning> 🔥 " * 10_000
    await adapter.deliver(adapter.build(text=text, subject=text), False)
    (shown,) = adapter.shown(await adapter.sandbox.state())
    assert shown.endswith("…")
    assert text.startswith(shown[:-1])


async def test_no_text_at_all_is_accepted(adapter: Adapter) -> None:
    await adapter.deliver(adapter.build(text="", subject="SEV-1"), False)
    assert len(adapter.shown(await adapter.sandbox.state())) == 1
