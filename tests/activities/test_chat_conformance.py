"""What every chat owes, whichever it is: a new chat adapter adds itself to the fixture and passes this.

That nothing is sent twice, and what each failure means, every adapter owes: test_conformance.py.
"""

from datetime import UTC, datetime

import pytest

from activities.errors import Rejected
from activities.slack import Slack
from tests.activities import sends
from tests.activities.chat_kit import ChatAdapter, ChatRoom, slack_rooms
from tests.activities.sends import INCIDENT
from tests.activities.test_conformance import HOSTILE
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.card import CardLine
from workflows.policy.effects.effects import Card, Destination, Invite, Send
from workflows.policy.effects.offers import Offer, Pressed

ACKNOWLEDGE = Offer(verb="ack", label="Acknowledge", command=f"tocsin ack {INCIDENT}")
TAKE = Offer(verb="assign", label="Take command", said={"role": "commander"}, command=f"tocsin assign {INCIDENT}")
RESOLVE = Offer(verb="resolve", label="Resolve", confirm="Is it over?", command=f"tocsin resolve {INCIDENT}")


def slack_chat(slack: Slack, sandbox: SandboxServer) -> ChatAdapter:
    async def rooms() -> dict[str, ChatRoom]:
        return slack_rooms(await sandbox.state())

    async def delete(reference: str) -> None:
        channel, _, ts = reference.partition(":")
        await slack._api.web.chat_delete(channel=channel, ts=ts)

    return ChatAdapter(
        slack.post, slack.bring_up_to_date, slack.invite, slack.open_channel, delete, rooms,
        {"vendor": "slack", "method": "chat.update"}, sandbox,
    )  # fmt: skip


CHATS = [slack_chat]


@pytest.fixture(params=CHATS, ids=["slack"])
def chat(request: pytest.FixtureRequest, sandbox: SandboxServer) -> ChatAdapter:
    adapter = request.getfixturevalue(request.param.__name__.partition("_")[0])
    chat: ChatAdapter = request.param(adapter, sandbox)
    return chat


def card(message: str | None, *offers: Offer, may_post: bool = True, **fields: object) -> Send:
    """A change of the message with this reference."""
    assert message is not None
    effect = Card(
        message=message, to=Destination(channel="#incidents"), template="card", pin=True, offers=offers, facts=None,
        may_post=may_post,
    )  # fmt: skip
    return sends.send(effect, **fields)


class TestAMessage:
    async def test_it_names_in_the_chat_whom_it_mentions_and_nobody_else(self, chat: ChatAdapter) -> None:
        await chat.post(sends.post(mention=("on-call", "nobody-knows-them")), False)
        [message] = await chat.messages()
        assert message.pinged == ("U0ONCALL",)
        assert "nobody-knows-them" in message.text

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    async def test_no_text_pings(self, chat: ChatAdapter, text: str) -> None:
        await chat.post(sends.post(text=text, subject=text), False)
        [message] = await chat.messages()
        assert (message.pinged, message.text) == ((), text)

    async def test_what_can_be_done_from_it_comes_back_as_it_was_offered(self, chat: ChatAdapter) -> None:
        await chat.post(sends.post(offers=(ACKNOWLEDGE, TAKE, RESOLVE)), False)
        [message] = await chat.messages()
        assert [label for label, _ in message.buttons] == ["Acknowledge", "Take command", "Resolve"]
        assert [Pressed.model_validate_json(value) for _, value in message.buttons] == [
            Pressed(incident=INCIDENT, verb="ack"),
            Pressed(incident=INCIDENT, verb="assign", said={"role": "commander"}),
            Pressed(incident=INCIDENT, verb="resolve"),
        ]

    @pytest.mark.parametrize("count", [1, 24, 25, 26, 150])
    async def test_however_much_can_be_done_the_chat_takes_it(self, chat: ChatAdapter, count: int) -> None:
        offers = tuple(TAKE.model_copy(update={"label": f"Take {n}", "said": {"role": f"r{n}"}}) for n in range(count))
        await chat.post(sends.post(offers=offers), False)
        [message] = await chat.messages()
        labels = [label for label, _ in message.buttons]
        assert labels == [offer.label for offer in offers[: len(labels)]]
        assert labels

    @pytest.mark.parametrize(
        "offer",
        [
            TAKE.model_copy(update={"label": "x" * 300}),
            TAKE.model_copy(update={"label": "two\nlines <!channel>"}),
            RESOLVE.model_copy(update={"confirm": "y" * 3_000}),
            TAKE.model_copy(update={"said": {"why": "z" * 5_000}}),
        ],
    )
    async def test_an_offer_that_is_too_long_costs_no_message(self, chat: ChatAdapter, offer: Offer) -> None:
        receipt = await chat.post(sends.post(offers=(ACKNOWLEDGE, offer)), False)
        [message] = await chat.messages()
        assert (message.buttons[0][0], receipt.note) == ("Acknowledge", None)


class TestAMessageThatIsKeptTrue:
    async def test_it_changes_in_its_place(self, chat: ChatAdapter) -> None:
        posted = await chat.post(sends.post(text="nobody has answered", pin=True, offers=(ACKNOWLEDGE,)), False)
        await chat.bring_up_to_date(card(posted.reference, RESOLVE, text="Vera is on it"), False)
        [message] = await chat.messages()
        assert ("Vera is on it" in message.text, message.pinned) == (True, True)
        assert [label for label, _ in message.buttons] == ["Resolve"]

    @pytest.mark.parametrize(
        "line",
        [
            CardLine(label="Running since", at=datetime(2026, 11, 21, 2, 4, tzinfo=UTC)),
            CardLine(label="Next", text="page VP Engineering", at=datetime(2026, 11, 21, 2, 34, tzinfo=UTC)),
            CardLine(label="Roles", text="<!channel> " * 500),
            CardLine(label="Roles"),
        ],
        ids=["a moment alone", "words and a moment", "many words", "nothing"],
    )
    async def test_whatever_it_shows_the_chat_takes_it_as_it_should_look(
        self, chat: ChatAdapter, line: CardLine
    ) -> None:
        posted = await chat.post(sends.post(), False)
        changed = await chat.bring_up_to_date(card(posted.reference, ACKNOWLEDGE, card=(line,)), False)
        [message] = await chat.messages()
        assert (changed.note, [label for label, _ in message.buttons]) == (None, ["Acknowledge"])

    async def test_who_looks_for_it_finds_it_after_a_change(self, chat: ChatAdapter) -> None:
        send = sends.post(text="nobody has answered")
        posted = await chat.post(send, False)
        await chat.bring_up_to_date(card(posted.reference, vendor_key=send.vendor_key), False)
        assert (await chat.post(send, True)).reference == posted.reference
        assert len(await chat.messages()) == 1

    async def test_the_same_change_twice_is_the_same_message(self, chat: ChatAdapter) -> None:
        posted = await chat.post(sends.post(), False)
        for _ in range(2):
            await chat.bring_up_to_date(card(posted.reference, text="Vera is on it"), False)
        assert len(await chat.messages()) == 1

    async def test_whoever_deletes_it_gets_it_again_once(self, chat: ChatAdapter) -> None:
        posted = await chat.post(sends.post(), False)
        await chat.delete(posted.reference or "")
        again = await chat.bring_up_to_date(card(posted.reference, text="still open"), False)
        [message] = await chat.messages()
        assert (again.reference, message.pinned) == (message.reference, True)
        await chat.delete(again.reference or "")
        with pytest.raises(Rejected):
            await chat.bring_up_to_date(card(again.reference, may_post=False), False)
        assert await chat.messages() == ()

    async def test_a_change_pings_nobody(self, chat: ChatAdapter) -> None:
        posted = await chat.post(sends.post(mention=("on-call",)), False)
        await chat.bring_up_to_date(card(posted.reference, text="on-call <@U0ONCALL> <!here>"), False)
        [message] = await chat.messages()
        assert message.pinged == ()


class TestARoom:
    async def test_whoever_is_needed_is_brought_there_and_stays(self, chat: ChatAdapter) -> None:
        channel = await chat.open_channel(sends.channel(name="inc-7", private=True))
        assert channel.reference
        for _ in range(2):
            await chat.invite(sends.send(Invite(channel=channel.reference, to="on-call")))
        assert (await chat.rooms())["inc-7"].people == {"U0TOCSIN", "U0ONCALL"}

    async def test_somebody_whom_the_chat_does_not_know_is_named_and_holds_nothing_up(self, chat: ChatAdapter) -> None:
        channel = await chat.open_channel(sends.channel(name="inc-7"))
        assert channel.reference
        receipt = await chat.invite(sends.send(Invite(channel=channel.reference, to="legal")))
        assert "legal" in (receipt.note or "")

    async def test_somebody_is_known_by_their_address(self, chat: ChatAdapter) -> None:
        channel = await chat.open_channel(sends.channel(name="inc-7"))
        assert channel.reference
        known = {"legal": "vera.steersman@sandbox.example"}
        await chat.invite(sends.send(Invite(channel=channel.reference, to="legal"), addresses=known))
        assert "U0VERA" in (await chat.rooms())["inc-7"].people

    async def test_who_may_not_come_is_told_of(self, chat: ChatAdapter) -> None:
        await SlackHands(chat.sandbox).add_member("U0ONCALL", "On-call Engineer", restricted=True)
        channel = await chat.open_channel(sends.channel(name="inc-7"))
        assert channel.reference
        with pytest.raises(Rejected):
            await chat.invite(sends.send(Invite(channel=channel.reference, to="on-call")))
