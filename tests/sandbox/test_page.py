"""The sandbox's page in a real browser: a person reads, presses and fills in."""

import re

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack_hands import SlackHands
from tests.sandbox.test_slack_blocks import CONFIRM, actions, button, modal, plain, rich, select
from tests.sandbox.test_slack_presses import WHY
from tests.sandbox.toy_app import ToyApp
from tests.sandbox_server import SandboxServer

HEADER = {"type": "header", "text": plain("SEV-1 Checkout is down")}


@pytest.fixture
async def shown(sandbox: SandboxServer, page: Page) -> Page:
    await page.goto(sandbox.url)
    await expect(page.get_by_text("live")).to_be_visible()
    return page


async def test_the_page_says_whom_a_user_group_holds(shown: Page, slack: AsyncWebClient) -> None:
    made = await slack.usergroups_create(name="On call", handle="on-call")
    await expect(shown.get_by_text("@on-call: nobody")).to_be_visible()
    await slack.usergroups_users_update(usergroup=made["usergroup"]["id"], users=["U0VERA", "U0ALICE"])
    await expect(shown.get_by_text("@on-call: Vera Steersman, Alice Example")).to_be_visible()


async def test_a_press_in_the_page_is_a_press_in_slack(
    shown: Page, toy_app: ToyApp, slack: AsyncWebClient, sandbox: SandboxServer
) -> None:
    await shown.get_by_label("Whose hands press here").select_option("Vera Steersman")
    await slack.chat_postMessage(channel="#incidents", text="down", blocks=[HEADER, actions(button(style="primary"))])
    await expect(shown.get_by_role("heading", name="SEV-1 Checkout is down")).to_be_visible()
    await shown.get_by_role("button", name="Acknowledge", exact=True).click()
    call = await toy_app.call()
    assert (call["type"], call["user"]["id"]) == ("block_actions", "U0VERA")


async def test_a_press_is_for_the_button_that_it_began_on_whatever_is_posted_meanwhile(
    shown: Page, toy_app: ToyApp, slack: AsyncWebClient
) -> None:
    await slack.chat_postMessage(channel="#incidents", text="down", blocks=[actions(button(style="primary"))])
    where = await shown.get_by_role("button", name="Acknowledge", exact=True).bounding_box()
    assert where is not None
    await shown.mouse.move(where["x"] + 5, where["y"] + 5)
    await shown.mouse.down()
    await slack.chat_postMessage(channel="#incidents", text="and more of it")
    for _ in range(2):
        async with shown.expect_response("**/control/state"):
            pass  # the page has looked again
    await shown.mouse.up()
    await expect(shown.get_by_text("and more of it")).to_be_visible()
    assert (await toy_app.call())["type"] == "block_actions"


async def test_what_asks_first_is_not_done_before_the_answer(
    shown: Page, toy_app: ToyApp, slack: AsyncWebClient
) -> None:
    await slack.chat_postMessage(channel="#incidents", text="down", blocks=[actions(button(confirm=CONFIRM))])
    for answer in ("No", "Yes"):
        await shown.get_by_role("button", name="Acknowledge", exact=True).click()
        await shown.get_by_role("dialog").get_by_role("button", name=answer).click()
        await expect(shown.get_by_role("dialog")).to_have_count(0)
        await expect(shown.get_by_role("button", name="Acknowledge", exact=True)).to_be_enabled()
    await toy_app.call()
    await shown.get_by_role("button", name="Acknowledge", exact=True).click()
    await shown.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await toy_app.call(2)
    assert len(toy_app.calls) == 2  # presses arrive in their order: `No` was none


async def test_a_form_is_filled_in_and_what_was_typed_survives_its_errors(
    shown: Page, toy_app: ToyApp, slack: AsyncWebClient
) -> None:
    await slack.chat_postMessage(channel="#incidents", text="down", blocks=[actions(button())])
    await shown.get_by_role("button", name="Acknowledge", exact=True).click()
    severity = {"type": "input", "block_id": "sev", "label": plain("Severity"), "element": select(3)}
    view = modal(blocks=[WHY, severity], submit=plain("Do it"), callback_id="resolve")
    await slack.views_open(trigger_id=(await toy_app.call())["trigger_id"], view=view)
    form = shown.get_by_role("dialog", name="Modal")
    await form.get_by_label("Why").fill("the pool")
    await form.get_by_label("Severity").select_option("SEV-1")
    toy_app.will_answer({"response_action": "errors", "errors": {"why": "say more"}})
    await form.get_by_role("button", name="Do it").click()
    await expect(form.get_by_text("say more")).to_be_visible()
    await form.get_by_role("button", name="Do it").click()
    await expect(form).not_to_be_visible()
    values = toy_app.calls[-1]["view"]["state"]["values"]
    assert values["why"]["why"]["value"] == "the pool"
    assert values["sev"]["severity"]["selected_option"]["value"] == "sev1"


async def test_what_begins_with_a_slash_is_a_command_and_its_answer_is_for_one_only(
    shown: Page, toy_app: ToyApp
) -> None:
    toy_app.will_answer({"response_type": "ephemeral", "text": "Nothing is *open*"})
    await shown.get_by_label("Message or command").fill("/incident list all")
    await shown.get_by_role("button", name="Send").click()
    await expect(shown.get_by_text("Only visible to you")).to_be_visible()
    assert (toy_app.calls[0]["command"], toy_app.calls[0]["text"]) == ("/incident", "list all")
    await shown.get_by_label("Whose hands press here").select_option("Vera Steersman")
    await expect(shown.get_by_text("Only visible to you")).to_have_count(0)


async def test_a_moment_counts_by_itself(shown: Page, slack: AsyncWebClient, sandbox: SandboxServer) -> None:
    sent = await slack.chat_postMessage(channel="#incidents", text="now")
    date = {"type": "date", "timestamp": int(float(sent["ts"])) + 3 * 3600, "format": "due {ago}"}
    await slack.chat_postMessage(channel="#incidents", text="due", blocks=[rich(date)])
    await expect(shown.get_by_text(re.compile("due in [23] hours"))).to_be_visible()


async def test_a_vendors_text_is_text(shown: Page, slack: AsyncWebClient) -> None:
    nasty = "<img src=x onerror=document.title='pwned'> [x](javascript:alert(1))"
    text = {"type": "section", "text": plain(nasty)}
    await slack.chat_postMessage(channel="#incidents", text="x", blocks=[text])
    await expect(shown.get_by_text(nasty)).to_be_visible()
    assert await shown.title() == "Tocsin sandbox"


async def test_a_phone_that_rings_is_answered_on_the_same_page(shown: Page, sandbox: SandboxServer) -> None:
    event = {"routing_key": "key", "event_action": "trigger", "dedup_key": "1"}
    summary = {"summary": "Checkout is down", "source": "x", "severity": "critical"}
    await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json={**event, "payload": summary})
    phones = shown.get_by_label("Phones", exact=True)
    await phones.get_by_role("button", name="Acknowledge").click()
    await expect(phones.get_by_text("acknowledged", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1024, 1440])
async def test_nothing_is_wider_than_the_screen(
    shown: Page, slack: AsyncWebClient, hands: SlackHands, width: int
) -> None:
    await hands.say("incidents", "averylongwordthatnobodywouldwrite" * 20)
    blocks = [HEADER, actions(*(button(number) for number in range(12)))]
    await slack.chat_postMessage(channel="#incidents", text="x", blocks=blocks)
    await shown.set_viewport_size({"width": width, "height": 800})
    await expect(shown.get_by_role("heading", name="SEV-1 Checkout is down")).to_be_visible()
    assert await shown.evaluate("document.documentElement.scrollWidth") == width
