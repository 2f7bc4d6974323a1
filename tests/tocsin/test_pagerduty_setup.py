"""`tocsin setup pagerduty` and `tocsin doctor pagerduty`: the subscription, and everything that PagerDuty needs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from settings import Settings
from starter.intake.pagerduty_rings import SUBSCRIBED_EVENTS
from starter.runbooks.library import load
from tests.sandbox_server import SandboxServer, running_sandbox
from tests.tocsin.conftest import Tocsin
from tocsin.failure import Failure
from tocsin.pagerduty_doctor import examine_pagerduty
from tocsin.pagerduty_setup import set_up

GATEWAY = "https://tocsin.example.com"
URL = f"{GATEWAY}/webhooks/pagerduty"


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    async with running_sandbox() as running:
        yield running


def chosen(sandbox: SandboxServer, **more: Any) -> Settings:
    given = {
        "gateway_url": GATEWAY,
        "pagerduty_routing_keys": {"on-call": SecretStr("R0ALICE"), "boss": SecretStr("R0BOSS")},
        "pagerduty_events_url": sandbox.pagerduty_events_url,
        "pagerduty_api_url": sandbox.pagerduty_api_url,
        "pagerduty_api_token": SecretStr("rest"),
        "pagerduty_from": "tocsin@example.com",
        "pagerduty_webhook_secrets": (SecretStr("known"),),
    }
    return Settings().model_copy(update=given | more)


async def subscriptions(sandbox: SandboxServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.state())["webhooks"]
    return found


async def test_a_subscription_is_made_and_its_secret_shown_this_once(alone: object, sandbox: SandboxServer) -> None:
    said = await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))
    (made,) = await subscriptions(sandbox)
    assert (made["url"], made["events"], made["active"]) == (URL, list(SUBSCRIBED_EVENTS), True)
    assert made["delivered"] + made["dropped"] + made["pending"] == 0  # nobody knows the secret yet
    (line,) = [line for line in said if line.startswith("TOCSIN_PAGERDUTY_WEBHOOK_SECRETS=")]
    assert len(line) > 60


async def test_made_again_it_is_the_same_one_and_is_tried(alone: object, sandbox: SandboxServer) -> None:
    await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))
    await set_up(chosen(sandbox))
    (only,) = await subscriptions(sandbox)
    assert only["pending"] == 1  # the ping


async def test_a_subscription_without_its_secret_is_of_no_use_and_said_so(
    alone: object, sandbox: SandboxServer
) -> None:
    await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))
    with pytest.raises(Failure, match="nobody can read its secret again"):
        await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))


async def test_what_it_lacks_is_added_and_what_others_added_stays(alone: object, sandbox: SandboxServer) -> None:
    events = ["incident.acknowledged", "incident.triggered"]
    body = {
        "type": "webhook_subscription",
        "delivery_method": {"type": "http_delivery_method", "url": URL},
        "events": events,
        "filter": {"type": "account_reference"},
    }
    await sandbox.client.post(
        f"{sandbox.pagerduty_api_url}/webhook_subscriptions",
        json={"webhook_subscription": body},
        headers={"Authorization": "Token token=rest"},
    )
    assert not (await examined(sandbox))["webhooks"].well
    await set_up(chosen(sandbox))
    (only,) = await subscriptions(sandbox)
    assert set(only["events"]) == {*events, *SUBSCRIBED_EVENTS}
    assert (await examined(sandbox))["webhooks"].well


async def test_what_pagerduty_has_switched_off_is_on_again(alone: object) -> None:
    """After three refusals in a row it is off for a day, and what waits is dropped."""
    async with running_sandbox() as sandbox:
        refusing = chosen(sandbox, gateway_url=f"{sandbox.url}/nobody-there")
        await set_up(refusing.model_copy(update={"pagerduty_webhook_secrets": ()}))
        for number in range(4):
            event = {"payload": {"summary": "x", "source": "x", "severity": "info"}, "event_action": "trigger"}
            keys = {"routing_key": "R0ALICE", "dedup_key": f"k{number}"}
            await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=event | keys)
            incidents = (await sandbox.state())["pagerduty_incidents"]
            await sandbox.press(incidents[-1]["id"], "acknowledge")
        while (await subscriptions(sandbox))[0]["active"]:
            await sandbox.state()
        found = {each.what: each async for each in examine_pagerduty(refusing, ())}
        assert "three webhooks in a row were refused" in found["webhooks"].said
        said = await set_up(refusing)
        assert any("is on again" in line for line in said)
        assert (await subscriptions(sandbox))[0]["active"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"pagerduty_api_token": None}, "set TOCSIN_PAGERDUTY_API_TOKEN"),
        ({"gateway_url": ""}, "set TOCSIN_GATEWAY_URL"),
        ({"pagerduty_api_token": SecretStr("bad")}, "does TOCSIN_PAGERDUTY_API_TOKEN have write access"),
        ({"pagerduty_api_url": "http://127.0.0.1:1"}, "PagerDuty could not be reached"),
    ],
)
async def test_what_is_missing_is_said_with_its_setting(
    alone: object, sandbox: SandboxServer, fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(Failure, match=says):
        await set_up(chosen(sandbox, **fields))


async def examined(sandbox: SandboxServer, **fields: Any) -> dict[str, Any]:
    settings = chosen(sandbox, **fields)
    assert settings.runbooks is not None
    books = load(settings.runbooks).runbooks.values()
    return {each.what: each async for each in examine_pagerduty(settings, books)}


async def ring(sandbox: SandboxServer, *keys: str) -> None:
    """So that these keys have services."""
    event = {"payload": {"summary": "x", "source": "x", "severity": "info"}, "event_action": "trigger"}
    for key in keys:
        sent = event | {"routing_key": key, "dedup_key": key}
        await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=sent)


async def test_what_is_as_it_has_to_be_is_said_so(alone: object, sandbox: SandboxServer) -> None:
    await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))
    await ring(sandbox, "R0ALICE", "R0BOSS")
    found = await examined(sandbox)
    assert {name: each.well for name, each in found.items()} == dict.fromkeys(
        ("keys", "secret", "token", "user", "priorities", "webhooks", "service of boss", "service of on-call"), True
    )


@pytest.mark.parametrize(
    ("key", "well", "said"),
    [
        ("R0BOSS", True, "R0BOSS"),
        ("R0UNSEEN-BOSS", False, "the token sees no service that has this key"),
        ("R0OFF-BOSS", False, "R0OFF-BOSS is off"),
    ],
)
async def test_where_each_key_leads_is_looked_up_as_far_as_the_token_sees(
    alone: object, sandbox: SandboxServer, key: str, well: bool, said: str
) -> None:
    await ring(sandbox, "R0ALICE", *(f"R0OTHER{number}" for number in range(120)), key)  # more than one page of them
    keys = {"on-call": SecretStr("R0ALICE"), "boss": SecretStr(key)}
    found = await examined(sandbox, pagerduty_routing_keys=keys)
    assert found["service of on-call"].well
    assert (found["service of boss"].well, said in found["service of boss"].said) == (well, True)


async def test_a_token_that_may_not_read_services_is_said_with_its_remedy(
    alone: object, sandbox: SandboxServer
) -> None:
    await sandbox.fault(vendor="pagerduty", method="api/services", status=403)
    found = (await examined(sandbox))["service of boss"]
    assert (found.well, "may read services" in found.remedy) == (False, True)


@pytest.mark.parametrize(
    ("what", "fields", "remedy"),
    [
        ("keys", {"pagerduty_routing_keys": {}}, "TOCSIN_PAGERDUTY_ROUTING_KEYS"),
        ("keys", {"pagerduty_routing_keys": {"on-call": SecretStr("R0ALICE")}}, "keys, topics or ways"),
        ("secret", {"pagerduty_webhook_secrets": ()}, "tocsin setup pagerduty"),
        ("token", {"pagerduty_api_token": None}, "TOCSIN_PAGERDUTY_API_TOKEN"),
        ("token", {"pagerduty_api_token": SecretStr("bad")}, "TOCSIN_PAGERDUTY_API_TOKEN"),
        ("user", {"pagerduty_from": None}, "TOCSIN_PAGERDUTY_FROM"),
        ("priorities", {"pagerduty_priorities": {"sev1": "Kritisch"}}, "TOCSIN_PAGERDUTY_PRIORITIES"),
        ("webhooks", {"gateway_url": ""}, "TOCSIN_GATEWAY_URL"),
        ("webhooks", {"gateway_url": "https://other.example"}, "tocsin setup pagerduty"),
    ],
)
async def test_each_thing_that_is_wrong_has_its_remedy(
    alone: object, sandbox: SandboxServer, what: str, fields: dict[str, Any], remedy: str
) -> None:
    await set_up(chosen(sandbox, pagerduty_webhook_secrets=()))
    found = (await examined(sandbox, **fields))[what]
    assert not found.well
    assert remedy in found.remedy


async def test_the_commands_say_it(
    tocsin: Tocsin, alone: object, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_PAGERDUTY_API_TOKEN", "rest")
    monkeypatch.setenv("TOCSIN_PAGERDUTY_API_URL", sandbox.pagerduty_api_url)
    monkeypatch.setenv("TOCSIN_GATEWAY_URL", GATEWAY)
    made = await tocsin("setup", "pagerduty")
    assert (made.code, "TOCSIN_PAGERDUTY_WEBHOOK_SECRETS=" in made.out) == (0, True)
    asked = await tocsin("doctor", "pagerduty")
    assert asked.code == 1
    assert "not as they have to be" in asked.err
