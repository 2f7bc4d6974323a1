"""Slack's door: what proves that it is Slack, and that a stranger gets nothing but a clear no."""

from collections.abc import Callable

import pytest

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door, door, of_slack
from tests.chat.slack_side import TEAM, SlackSide, event, form, interaction, signed

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHALLENGE = {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}

Sent = tuple[bytes, dict[str, str]]


async def test_slack_proves_itself_by_the_bytes_that_it_signed(slack: Door) -> None:
    answer = await slack.send(event(CHALLENGE))
    assert (answer.status_code, answer.json()) == (200, {"challenge": CHALLENGE["challenge"]})


def tampered(body: bytes, headers: dict[str, str]) -> Sent:
    return body + b" ", headers


def older(body: bytes, headers: dict[str, str]) -> Sent:
    return body, {**headers, **signed(body, at=float(headers["X-Slack-Request-Timestamp"]) - 301)}


def newer(body: bytes, headers: dict[str, str]) -> Sent:
    return body, {**headers, **signed(body, at=float(headers["X-Slack-Request-Timestamp"]) + 400)}


def unsigned(body: bytes, headers: dict[str, str]) -> Sent:
    return body, {"Content-Type": headers["Content-Type"]}


def of_another_app(body: bytes, headers: dict[str, str]) -> Sent:
    return body, {**headers, **signed(body, secret="of another app")}


def with_header(name: str, value: str | bytes) -> Callable[[bytes, dict[str, str]], Sent]:
    return lambda body, headers: (body, {**headers, name: value})  # type: ignore[dict-item]  # httpx takes bytes, too


@pytest.mark.parametrize(
    "forge",
    [
        tampered,
        older,
        newer,
        unsigned,
        of_another_app,
        with_header("X-Slack-Request-Timestamp", "abc"),
        with_header("X-Slack-Request-Timestamp", "-1"),
        with_header("X-Slack-Request-Timestamp", "9" * 400),
        with_header("X-Slack-Request-Timestamp", "1e9"),
        with_header("X-Slack-Request-Timestamp", "\u0661\u0662".encode()),
        with_header("X-Slack-Signature", "v0=\u00e9".encode()),
        with_header("X-Slack-Signature", b"v0=\xff\xfe"),
        with_header("X-Slack-Signature", ""),
        with_header("X-Slack-Signature", "v0="),
    ],
)
async def test_whoever_cannot_prove_it_is_refused_and_counted(
    slack: Door, forge: Callable[[bytes, dict[str, str]], Sent]
) -> None:
    answer = await slack.send(forge(*event(CHALLENGE)))
    assert answer.status_code == 401
    assert "TOCSIN_SLACK_SIGNING_SECRET" in answer.json()["error"]


def proved(body: bytes, content_type: str) -> Sent:
    return body, {"Content-Type": content_type, **signed(body)}


@pytest.mark.parametrize(
    "sent",
    [
        proved(b"", "application/json"),
        proved(b"{", "application/json"),
        proved(b"[]", "application/json"),
        proved(b'{"type": "something else"}', "application/json"),
        proved(b"payload=%FF%FE", FORM["Content-Type"]),
        proved(b"\xff\xfe=\xff", FORM["Content-Type"]),
        proved(b"payload={", FORM["Content-Type"]),
        proved(b"payload=" + b"[" * 3000, FORM["Content-Type"]),
        proved(b"", FORM["Content-Type"]),
        proved(b"&".join(b"a%d=1" % n for n in range(200)), FORM["Content-Type"]),
        proved(b"<xml/>", "text/xml"),
        interaction({"type": "view_submission", "user": {"id": "U1"}}),
        interaction({"type": "view_submission", "user": {"id": "U1"}, "view": {}}),
        interaction({"type": "block_actions", "user": {"id": "<!channel>"}}),
        interaction({"type": "block_actions", "user": None, "actions": []}),
        interaction({"type": "block_actions", "user": {"id": "U1"}, "actions": [1]}),
        interaction({"type": "dialog_submission", "user": {"id": "U1"}}),
        form(command="/incident"),
        event({"type": "event_callback", "event": 1}),
    ],
)
async def test_what_is_signed_and_no_call_of_slacks_is_a_clear_no(slack: Door, sent: Sent) -> None:
    body, headers = sent
    assert (await slack.send((body, {**headers, **signed(body)}))).status_code in (400, 422)


async def test_another_workspace_is_refused(slack: Door, side: SlackSide) -> None:
    answer = await slack.send(interaction({**side.press("U1", "ack", "x"), "team": {"id": "T0OTHER"}}))
    assert answer.status_code == 403
    assert "not the workspace" in answer.json()["error"]


async def test_while_slack_does_not_say_which_workspace_is_ours_nobody_is_let_in(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents
) -> None:
    side.answers["auth.test"] = {"ok": False, "error": "token_revoked"}
    async for there in door(of_slack(settings, side), library, incidents):
        answer = await there.send(interaction(side.press("U1", "ack", "x")))
        assert answer.status_code == 503
        assert "TOCSIN_SLACK_TEAM" in answer.json()["error"]
        assert [why for why in there.chat.problems() if "token_revoked" in why]
    async for there in door(of_slack(settings, side, slack_team=TEAM), library, incidents):
        assert (await there.send(interaction(side.press("U1", "ack", "x")))).status_code == 200


async def test_without_a_secret_the_door_is_closed_even_to_this_machine(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents
) -> None:
    async for there in door(of_slack(settings, side, slack_signing_secret=()), library, incidents):
        answer = await there.send(event(CHALLENGE))
        assert (answer.status_code, "TOCSIN_SLACK_SIGNING_SECRET" in answer.text) == (403, True)
        assert any("TOCSIN_SLACK_APP_TOKEN" in why for why in there.chat.problems())


async def test_that_slack_does_not_work_stands_in_readyz(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents
) -> None:
    side.answers["auth.test"] = {"ok": False, "error": "token_revoked"}
    async for there in door(of_slack(settings, side), library, incidents):
        await there.chat.health.look()
        found = (await there.http.get("/readyz")).json()
        assert found.get("problems") is None  # for strangers
        assert any("set TOCSIN_SLACK_TOKEN" in why for why in there.chat.problems())


def test_half_a_connection_is_refused() -> None:
    with pytest.raises(ValueError, match="set it as well"):
        Settings.model_validate({"slack_signing_secret": ["x"]})
