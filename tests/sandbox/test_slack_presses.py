"""A person presses, fills in, types and reacts: what the app is sent, and what the person sees then."""

from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack_hands import PATIENCE, SlackHands, until
from tests.sandbox.test_slack_blocks import actions, button, modal, plain, select
from tests.sandbox.toy_app import ToyApp
from tests.sandbox_server import SandboxServer

ACKNOWLEDGE = [actions(button(value='{"incident": "7"}'))]
WHY = {
    "type": "input",
    "block_id": "why",
    "label": plain("Why"),
    "element": {"type": "plain_text_input", "action_id": "why", "max_length": 20},
}


async def posted(slack: AsyncWebClient, blocks: Any = None) -> str:
    ts: str = (await slack.chat_postMessage(channel="#incidents", text="down", blocks=blocks or ACKNOWLEDGE))["ts"]
    return ts


def form(*blocks: Any, **more: Any) -> dict[str, Any]:
    return modal(blocks=[*blocks], submit=plain("Do it"), callback_id="resolve", **more)


class TestAPress:
    async def test_it_comes_signed_with_all_that_slack_tells(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        ts = await posted(slack)
        seen = await hands.of("Vera Steersman").press("incidents", ts, "a0")
        [call] = toy_app.calls
        assert (seen["delivery"]["status"], call["type"]) == (200, "block_actions")
        assert (call["user"]["id"], call["team"]["id"]) == ("U0VERA", "T0SANDBOX")
        assert (call["container"]["message_ts"], call["message"]["text"]) == (ts, "down")
        [action] = call["actions"]
        assert (action["action_id"], action["value"], action["block_id"]) == ("a0", '{"incident": "7"}', "b0")

    async def test_a_menu_tells_what_was_chosen(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        ts = await posted(slack, [actions(select(3))])
        await hands.press("incidents", ts, "severity", "sev2")
        assert toy_app.calls[0]["actions"][0]["selected_option"]["text"]["text"] == "SEV-2"

    async def test_a_click_that_nobody_takes_is_shown_and_never_sent_again(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        toy_app.will_answer({}, status=500)
        seen = await hands.press("incidents", await posted(slack), "a0")
        assert (seen["delivery"]["problem"], len(toy_app.calls)) == ("http_error", 1)
        assert seen["ephemerals"][0]["by_slack"]

    async def test_a_wrong_secret_is_refused_by_the_app(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await hands.connect(toy_app.url, "another")
        assert (await hands.press("incidents", await posted(slack), "a0"))["delivery"]["status"] == 401

    @pytest.mark.parametrize(("action_id", "value"), [("gone", None), ("severity", "sev9")])
    async def test_what_is_not_there_cannot_be_pressed(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, action_id: str, value: str | None
    ) -> None:
        ts = await posted(slack, [actions(select(3))])
        press = {"channel": "incidents", "ts": ts, "action_id": action_id, "value": value}
        answer = await sandbox.client.post(f"{sandbox.url}/control/slack/press", json=press)
        assert (answer.status_code, toy_app.calls) == (httpx.codes.CONFLICT, [])

    async def test_by_its_label(self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands) -> None:
        await posted(slack)
        newest = await posted(slack)
        await hands.press_labelled("Acknowledge")
        assert toy_app.calls[0]["container"]["message_ts"] == newest


class TestTheAddressForAnswers:
    async def test_five_answers_and_no_sixth(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await hands.press("incidents", await posted(slack), "a0")
        app = AsyncWebhookClient(toy_app.calls[0]["response_url"])
        codes = [(await app.send(text=f"answer {n}", response_type="ephemeral")).status_code for n in range(6)]
        assert codes == [200] * 5 + [404]
        shown = (await sandbox.state())["channels"][0]["ephemerals"]
        assert [each["text"] for each in shown] == [f"answer {n}" for n in range(5)]

    async def test_it_is_where_the_sandbox_is_whatever_a_browser_calls_it(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient
    ) -> None:
        press = {"channel": "incidents", "ts": await posted(slack), "action_id": "a0"}
        await sandbox.client.post(f"{sandbox.url}/control/slack/press", json=press, headers={"Host": "elsewhere:80"})
        assert toy_app.calls[0]["response_url"].startswith(f"{sandbox.url}/slack/response/")

    async def test_it_lives_for_half_an_hour(self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands) -> None:
        await hands.press("incidents", await posted(slack), "a0")
        await hands.later(30 * 60 + 1)
        answer = await AsyncWebhookClient(toy_app.calls[0]["response_url"]).send(text="late")
        assert (answer.status_code, "expired_url" in answer.body) == (404, True)

    async def test_it_replaces_what_was_pressed(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await hands.press("incidents", await posted(slack), "a0")
        await AsyncWebhookClient(toy_app.calls[0]["response_url"]).send(text="acknowledged", replace_original=True)
        [message] = (await sandbox.state())["channels"][0]["messages"]
        assert (message["text"], message["blocks"]) == ("acknowledged", [])

    async def test_of_an_ephemeral_message_it_replaces_that(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        channel = (await slack.conversations_list())["channels"][0]["id"]
        ts = (await slack.chat_postEphemeral(channel=channel, user="U0ALICE", text="?", blocks=ACKNOWLEDGE))[
            "message_ts"
        ]
        await hands.press(channel, ts, "a0")
        assert "message" not in toy_app.calls[0]
        await AsyncWebhookClient(toy_app.calls[0]["response_url"]).send(text="done", replace_original=True)
        assert [each["text"] for each in (await sandbox.state())["channels"][0]["ephemerals"]] == ["done"]


class TestAModal:
    async def opened(self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands, view: dict[str, Any]) -> Any:
        await hands.press("incidents", await posted(slack), "a0")
        return (await slack.views_open(trigger_id=toy_app.calls[-1]["trigger_id"], view=view))["view"]

    async def test_a_trigger_opens_one(self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands) -> None:
        await self.opened(toy_app, slack, hands, form(WHY))
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            await slack.views_open(trigger_id=toy_app.calls[0]["trigger_id"], view=form(WHY))
        with pytest.raises(SlackApiError, match="invalid_trigger_id"):
            await slack.views_open(trigger_id="none", view=form(WHY))

    async def test_a_trigger_lives_for_three_seconds(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await hands.press("incidents", await posted(slack), "a0")
        await hands.later(3 * PATIENCE + 1)
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await slack.views_open(trigger_id=toy_app.calls[0]["trigger_id"], view=form(WHY))

    async def test_what_is_filled_in_comes_by_block_and_action(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        severity = {"type": "input", "block_id": "sev", "label": plain("Severity"), "element": select(3)}
        await self.opened(toy_app, slack, hands, form(WHY, severity, private_metadata="7"))
        seen = await hands.submit({"why": "a fix", "severity": "sev1"})
        view = toy_app.calls[-1]["view"]
        assert (view["callback_id"], view["private_metadata"]) == ("resolve", "7")
        assert view["state"]["values"]["why"]["why"] == {"type": "plain_text_input", "value": "a fix"}
        assert view["state"]["values"]["sev"]["severity"]["selected_option"]["value"] == "sev1"
        assert seen["modal"] is None

    async def test_inputs_with_the_same_action_are_told_apart_by_their_blocks(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands, sandbox: SandboxServer
    ) -> None:
        first, second = ({**WHY, "block_id": block_id} for block_id in ("first", "second"))
        await self.opened(toy_app, slack, hands, form(first, second))
        answer = await sandbox.client.post(f"{sandbox.url}/control/slack/submit", json={"inputs": {"why": "x"}})
        assert answer.status_code == httpx.codes.CONFLICT
        await hands.submit({"first": "x", "second/why": "y"})
        values = toy_app.calls[-1]["view"]["state"]["values"]
        assert (values["first"]["why"]["value"], values["second"]["why"]["value"]) == ("x", "y")

    @pytest.mark.parametrize("inputs", [{}, {"why": "x" * 21}, {"why": "x", "what": "?"}])
    async def test_slack_sends_no_form_that_is_not_filled_in_rightly(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands, inputs: dict[str, str]
    ) -> None:
        await self.opened(toy_app, slack, hands, form(WHY))
        answer = await sandbox.client.post(f"{sandbox.url}/control/slack/submit", json={"inputs": inputs})
        assert (answer.status_code, len(toy_app.calls)) == (httpx.codes.CONFLICT, 1)

    async def test_errors_are_shown_and_the_form_stays(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await self.opened(toy_app, slack, hands, form(WHY))
        toy_app.will_answer({"response_action": "errors", "errors": {"why": "say more"}})
        await hands.submit({"why": "x"})
        [shown] = (await sandbox.state())["modals"]
        assert shown["errors"] == {"why": "say more"}

    async def test_errors_for_a_block_that_is_not_there_are_no_answer(
        self, sandbox: SandboxServer, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await self.opened(toy_app, slack, hands, form(WHY))
        toy_app.will_answer({"response_action": "errors", "errors": {"what": "?"}})
        answer = await sandbox.client.post(f"{sandbox.url}/control/slack/submit", json={"inputs": {"why": "x"}})
        assert answer.status_code == httpx.codes.CONFLICT

    async def test_an_answer_may_show_another_or_clear_all(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        await self.opened(toy_app, slack, hands, form(WHY))
        toy_app.will_answer(
            {"response_action": "push", "view": form(title=plain("Sure?"))}, {"response_action": "clear"}
        )
        assert (await hands.submit({"why": "x"}))["modal"]["title"]["text"] == "Sure?"
        assert (await hands.submit())["modal"] is None

    async def test_it_is_updated_only_as_it_was_last_seen(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        view = await self.opened(toy_app, slack, hands, form(WHY))
        await slack.views_update(view_id=view["id"], hash=view["hash"], view=form())
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await slack.views_update(view_id=view["id"], hash=view["hash"], view=form(WHY))
        await hands.close_modal()
        with pytest.raises(SlackApiError, match="not_found"):
            await slack.views_update(view_id=view["id"], view=form())

    async def test_at_most_three_lie_on_each_other(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        more = actions(button(7))
        await self.opened(toy_app, slack, hands, form(more))
        for _ in range(2):
            await hands.press_in_modal("a7")
            await slack.views_push(trigger_id=toy_app.calls[-1]["trigger_id"], view=form(more))
        await hands.press_in_modal("a7")
        with pytest.raises(SlackApiError, match="push_limit_reached"):
            await slack.views_push(trigger_id=toy_app.calls[-1]["trigger_id"], view=form(more))


class TestACommand:
    async def test_its_words_and_who_typed_them(self, toy_app: ToyApp, hands: SlackHands) -> None:
        toy_app.will_answer({"response_type": "ephemeral", "text": "two are open"})
        seen = await hands.of("U0VERA").command("incidents", "list all")
        [call] = toy_app.calls
        assert (call["command"], call["text"], call["user_id"]) == ("/incident", "list all", "U0VERA")
        assert (call["channel_name"], call["team_id"]) == ("incidents", "T0SANDBOX")
        assert [each["text"] for each in seen["ephemerals"]] == ["two are open"]

    async def test_an_answer_for_all_stands_in_the_channel(
        self, sandbox: SandboxServer, toy_app: ToyApp, hands: SlackHands
    ) -> None:
        toy_app.will_answer({"response_type": "in_channel", "text": "declared"})
        await hands.command("incidents", "start")
        assert [each["text"] for each in (await sandbox.state())["channels"][0]["messages"]] == ["declared"]

    async def test_nobody_there_to_answer(self, hands: SlackHands) -> None:
        await hands.connect("http://127.0.0.1:9/", "shh")
        seen = await hands.command("incidents", "list")
        assert (seen["delivery"]["problem"], seen["ephemerals"][0]["by_slack"]) == ("connection_failed", True)


class TestShortcuts:
    async def test_on_a_message(self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands) -> None:
        ts = await hands.say("incidents", "the pool is exhausted")
        toy_app.calls.clear()
        await hands.message_shortcut("incidents", ts, "to_timeline")
        [call] = toy_app.calls
        assert (call["type"], call["callback_id"], call["message_ts"]) == ("message_action", "to_timeline", ts)
        assert (call["message"]["text"], call["message"]["user"]) == ("the pool is exhausted", "U0ALICE")

    async def test_from_anywhere_has_no_address_for_answers(self, toy_app: ToyApp, hands: SlackHands) -> None:
        await hands.shortcut("declare")
        assert (toy_app.calls[0]["type"], "response_url" in toy_app.calls[0]) == ("shortcut", False)


class TestEvents:
    async def test_a_reaction_tells_where_and_not_what(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        ts = await posted(slack)
        await hands.react("incidents", ts, "pushpin")
        [call] = toy_app.calls
        assert (call["type"], call["event"]["reaction"], call["event"]["item"]["ts"]) == (
            "event_callback", "pushpin", ts,
        )  # fmt: skip
        assert call["event_id"].startswith("Ev")
        assert "text" not in call["event"]

    async def test_an_event_that_nobody_took_comes_three_times_more(
        self, toy_app: ToyApp, slack: AsyncWebClient, hands: SlackHands
    ) -> None:
        toy_app.will_answer({}, {}, {}, status=503)
        await hands.react("incidents", await posted(slack), "pushpin")
        await until(lambda: len(toy_app.calls) == 4)
        assert [each.get("x-slack-retry-num") for each in toy_app.headers] == [None, "1", "2", "3"]
        assert len({each["event_id"] for each in toy_app.calls}) == 1

    async def test_what_people_write_is_told_and_what_they_change_of_it(
        self, toy_app: ToyApp, hands: SlackHands
    ) -> None:
        ts = await hands.say("incidents", "it is the cache")
        await hands.edit("incidents", ts, "it is the pool")
        await hands.delete("incidents", ts)
        assert [each["event"].get("subtype") for each in toy_app.calls] == [None, "message_changed", "message_deleted"]
        assert (toy_app.calls[1]["event"]["message"]["text"], toy_app.calls[2]["event"]["deleted_ts"]) == (
            "it is the pool", ts,
        )  # fmt: skip

    async def test_only_what_the_app_has_subscribed_to(self, toy_app: ToyApp, hands: SlackHands) -> None:
        await hands.set_up(events=["app_mention"])
        await hands.say("incidents", "it is the cache")
        await hands.say("incidents", "<@U0TOCSIN> what is open?")
        assert [each["event"]["type"] for each in toy_app.calls] == ["app_mention"]
