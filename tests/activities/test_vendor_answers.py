"""What a vendor took is taken, however odd what stands beside its id is; what it refused is refused in its words."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from activities.errors import Malformed, Rejected, Unavailable
from activities.jira import Jira
from activities.ntfy import Ntfy
from activities.opsgenie import Opsgenie
from activities.pagerduty import PagerDuty
from activities.phone_calls import PhoneCalls
from activities.slack import Slack
from activities.slack_pager import SlackPager
from activities.statuspage import Statuspage
from activities.twilio import TextMessages
from tests.activities import sends
from tests.activities.odd_answers import GONE, ODDITIES, OddAnswers, odd_but_for, odd_sandbox
from tests.activities.ways import line, page
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Annotate, ConfirmRing, Send
from workflows.policy.effects.proof import RingProof
from workflows.policy.rota.roster import RosterQuestion
from workflows.policy.runbook.on_call import OnCall, PagerDutyOnCall


@dataclass(frozen=True)
class World:
    sandbox: SandboxServer
    answers: OddAnswers
    slack: Slack

    @property
    def pagerduty(self) -> PagerDuty:
        sandbox = self.sandbox
        return PagerDuty(
            {"on-call": "R0ON-CALL"}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, "token", "us@example.com"
        )

    def adapter(self, vendor: str) -> Any:
        sandbox = self.sandbox
        makers: dict[str, Callable[[], Any]] = {
            "ntfy": lambda: Ntfy({"on-call": "ann-phone"}, sandbox.ntfy_url, None),
            "sms": lambda: TextMessages(line(sandbox)),
            "voice": lambda: PhoneCalls(line(sandbox)),
            "opsgenie": lambda: Opsgenie({"on-call": "genie"}, sandbox.opsgenie_url),
            "pagerduty": lambda: self.pagerduty,
            "slack": lambda: SlackPager(self.slack),
            "statuspage": lambda: Statuspage("token", "p1", sandbox.statuspage_url),
            "jira": lambda: Jira(sandbox.jira_url, "us@example.com", "token", "OPS", "Task"),
        }
        return makers[vendor]()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def one_odd_sandbox() -> AsyncIterator[tuple[SandboxServer, OddAnswers]]:
    async with odd_sandbox() as found:
        yield found


@pytest_asyncio.fixture
async def world(one_odd_sandbox: tuple[SandboxServer, OddAnswers]) -> AsyncIterator[World]:
    sandbox, answers = one_odd_sandbox
    await sandbox.reset()
    answers.twist = answers.instead = None
    answers.status = 200
    slack = Slack("xoxb-token", sandbox.slack_url, {"on-call": "U0ONCALL"})
    yield World(sandbox, answers, slack)
    await slack.close()


@dataclass(frozen=True)
class Taken:
    """Something that a vendor does once, and the fields of its answers that are needed."""

    vendor: str
    needed: str
    deliver: Callable[[Any, Send, bool], Any]
    send: Callable[[], Send]
    shown: Callable[[dict[str, Any]], list[Any]]


def rings(vendor: str, needed: str, shown: Callable[[dict[str, Any]], list[Any]]) -> Taken:
    return Taken(vendor, needed, lambda pager, send, again: pager.page(send, again), lambda: page(vendor), shown)


def said_alone(state: dict[str, Any]) -> list[Any]:
    return [message for channel in state["channels"] if channel["direct"] for message in channel["messages"]]


TAKEN = [
    rings("ntfy", "id tags", lambda state: state["notifications"]),
    rings("sms", "sid messages body", lambda state: state["text_messages"]),
    rings("voice", "sid calls direction date_created", lambda state: state["calls"]),
    rings("opsgenie", "data", lambda state: state["opsgenie_alerts"]),
    rings("pagerduty", "dedup_key incidents id", lambda state: state["rings"]),
    rings("slack", "ok error channel id ts messages metadata event_payload op", said_alone),
    Taken(
        "statuspage", "id metadata tocsin incident incident_updates status body created_at",
        lambda page, send, again: page.publish(send, again),
        lambda: sends.publish(nothing_there=True),
        lambda state: state["statuspage_incidents"],
    ),
    Taken(
        "jira", "key issues", lambda jira, send, again: jira.file_ticket(send, again), sends.ticket,
        lambda state: state["tickets"],
    ),
]  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("taken", TAKEN, ids=[each.vendor for each in TAKEN])
async def test_what_was_taken_is_taken_and_found_again_whatever_stands_beside_its_id(
    world: World, taken: Taken, oddity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.jira.INDEXED", timedelta())
    adapter, send = world.adapter(taken.vendor), taken.send()
    world.answers.twist = odd_but_for(taken.needed.split(), ODDITIES[oddity])
    first = await taken.deliver(adapter, send, False)
    assert first.reference
    assert not first.warns, first.note
    again = await taken.deliver(adapter, send, True)
    assert (again.reference, again.note) == (first.reference, "it was already there")
    assert len(taken.shown(await world.sandbox.state())) == 1


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize(("vendor", "needed"), [("sms", "sid messages body"), ("voice", "sid calls date_created")])
async def test_what_was_taken_while_the_answer_was_lost_is_found(
    world: World, vendor: str, needed: str, oddity: str
) -> None:
    pager, send = world.adapter(vendor), page(vendor)
    await world.sandbox.fault(vendor="twilio", drop="after", times=1)
    with pytest.raises(Unavailable):
        await pager.page(send, False)
    world.answers.twist = odd_but_for(needed.split(), ODDITIES[oddity] if oddity != "a text" else "outbound-api")
    assert (await pager.page(send, True)).note == "it was already there"


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize(
    ("vendor", "needed"),
    [("sms", "sid"), ("voice", "sid"), ("opsgenie", "data"), ("pagerduty", "incidents id log_entries")],
)
async def test_a_page_that_is_there_counts_as_nobodys_by_no_odd_answer(
    world: World, vendor: str, needed: str, oddity: str
) -> None:
    pager, send = world.adapter(vendor), page(vendor)
    reference = (await pager.page(send, False)).reference
    world.answers.twist = odd_but_for(needed.split(), ODDITIES[oddity])
    confirm = sends.send(ConfirmRing(to="on-call", ring=send.vendor_key, reference=reference))
    proof = (await pager.confirm(confirm)).proof
    assert isinstance(proof, RingProof)
    assert proof.there
    assert not proof.reached_nobody


async def test_a_list_of_which_nothing_can_be_read_proves_nothing(world: World) -> None:
    world.answers.instead = b'{"incidents": [null, {"id": null}, 7]}'
    with pytest.raises(Unavailable, match="not understood"):
        await world.pagerduty.confirm(sends.send(ConfirmRing(to="on-call", ring="incident-k7/x/escalate/1/on-call/1")))


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_a_note_is_written_once_whatever_else_is_noted_there(world: World, oddity: str) -> None:
    send = sends.page()
    await world.pagerduty.page(send, False)
    note = sends.send(Annotate(to="on-call", ring=send.vendor_key, what="note"), text="the cache is cold")
    world.answers.twist = odd_but_for(("incidents", "id", "notes", "content"), ODDITIES[oddity])
    for _ in range(2):
        assert (await world.pagerduty.annotate(note)).reference
    assert [entry["method"] for entry in await world.sandbox.wire("pagerduty") if "/notes" in entry["path"]] == [
        "GET", "POST", "GET",
    ]  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_a_channel_is_opened_and_found_again_by_its_name(world: World, oddity: str) -> None:
    needed = ("ok", "error", "channel", "channels", "id", "name", "is_archived", "is_private")
    world.answers.twist = odd_but_for(needed, ODDITIES[oddity])
    first = await world.slack.open_channel(sends.channel())
    again = await world.slack.open_channel(sends.channel())
    assert first.reference
    assert (again.reference, again.note) == (first.reference, "adopted the existing channel")


@pytest.mark.parametrize("odd", [None, GONE, 7, []])
async def test_a_message_of_which_slack_says_no_channel_is_where_it_was_sent(world: World, odd: Any) -> None:
    channel = (await world.slack.open_channel(sends.channel())).reference or ""
    world.answers.twist = odd_but_for(("ok", "ts"), odd)
    receipt = await world.slack.post(sends.post(channel), False)
    assert (receipt.reference or "").partition(":")[0] == ("7" if odd == 7 else channel)


@pytest.mark.parametrize(
    "body", [b'"odd"', b"[1]", b"7", b"true", b'{"ok": true}', b"\xff", b"{", b"null", b"[" * 100_000]
)
async def test_what_is_not_slacks_answer_is_unavailable(world: World, body: bytes) -> None:
    world.answers.instead = body
    with pytest.raises(Unavailable):
        await world.slack.post(sends.post(), False)


@pytest.mark.parametrize("vendor", [each.vendor for each in TAKEN if each.vendor not in ("slack", "opsgenie")])
@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"\xff", b"null", b"{}", b"[]"])
async def test_what_has_no_id_in_it_was_not_taken(world: World, vendor: str, body: bytes) -> None:
    [taken] = [each for each in TAKEN if each.vendor == vendor]
    world.answers.instead = body
    with pytest.raises(Unavailable):
        await taken.deliver(world.adapter(vendor), taken.send(), False)


async def test_half_an_emoji_in_another_message_hides_none(world: World) -> None:
    pager, send = world.adapter("sms"), page("sms")
    sid = (await pager.page(send, False)).reference

    def with_another(answer: Any) -> Any:
        cut = {"sid": "SM1", "body": "on my way \ud83d"}
        return answer | ({"messages": [cut, *answer["messages"]]} if "messages" in answer else {})

    world.answers.twist = with_another
    again = await pager.page(send, True)
    assert (again.reference, again.note) == (sid, "it was already there")


REFUSALS = [
    ("ntfy", {"error": "topic invalid", "code": None, "http": []}, "topic invalid"),
    ("sms", {"message": "not a phone number", "code": None, "more_info": 7}, "not a phone number"),
    ("voice", {"message": "not a phone number", "code": {}}, "not a phone number"),
    ("opsgenie", {"message": "no such team", "took": None, "errors": 7}, "no such team"),
    ("pagerduty", {"status": None, "message": "'summary' is missing", "errors": None}, "'summary' is missing"),
    ("pagerduty", {"message": "no", "errors": [None, "too long", 7, {}]}, "no: too long, 7"),
    ("pagerduty", {"message": "no", "errors": "too long"}, "no"),
    ("statuspage", {"error": ["too long", None, {}]}, "too long"),
    ("jira", {"errorMessages": ["no such project", None], "errors": {"project": None}}, "no such project"),
    ("jira", {"errorMessages": None, "errors": {"project": "is unknown"}}, "project: is unknown"),
]


@pytest.mark.parametrize(("vendor", "body", "words"), REFUSALS)
async def test_a_refusal_is_said_in_the_vendors_words_whatever_is_odd_beside_them(
    world: World, vendor: str, body: dict[str, Any], words: str
) -> None:
    [taken] = [each for each in TAKEN if each.vendor == vendor]
    world.answers.instead, world.answers.status = json_of(body), 400
    with pytest.raises(Malformed, match=words):
        await taken.deliver(world.adapter(vendor), taken.send(), False)


async def test_a_key_that_is_refused_is_known_as_refused_whatever_is_odd_beside_the_words(world: World) -> None:
    """Or the same key is asked again for each page."""
    world.answers.instead, world.answers.status = json_of({"message": "Invalid routing key", "errors": None}), 400
    with pytest.raises(Rejected) as refused:
        await world.pagerduty.page(sends.page(), False)
    assert refused.value.route


@pytest.mark.parametrize("odd", [None, GONE, 7, "odd", []])
async def test_a_stretch_on_call_that_cannot_be_read_is_nobodys_and_the_others_hold(world: World, odd: Any) -> None:
    """A begin that is odd is not "always"."""
    now = datetime.now(UTC)
    good = {"user": {"name": "Ann", "email": None}, "escalation_level": 1, "start": None, "end": None}
    wrong = {"user": {"name": "Ben"}, "escalation_level": 1, "start": "odd", "end": None}
    nobody = {"user": odd, "start": None, "end": None}
    shown = [wrong, *([nobody] if odd is not GONE else [{"start": None}]), good]
    world.answers.instead = json_of({"oncalls": shown})
    asked = RosterQuestion(
        post="on-call", terms=OnCall.model_validate({"pagerduty": {"schedule": "PS"}}),
        people={"ann": "Ann", "ben": "Ben"}, overrides=(), begin=now, end=now + timedelta(days=1),
    )  # fmt: skip
    stints = await world.pagerduty.stints(asked, PagerDutyOnCall(schedule="PS"))
    assert [claim.who for layer in stints for claim in layer] == ["ann"]


def json_of(body: Any) -> bytes:
    return json.dumps(body).encode()
