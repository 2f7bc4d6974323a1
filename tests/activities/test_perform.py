"""The activities: whom they ask, and how a vendor's failure reaches the workflow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from activities.answer_links import AnswerLinks
from activities.errors import Rejected, Unavailable
from activities.incident_link import IncidentAddresses
from activities.perform import Perform
from settings.pagers import PAGER_VARIABLES
from tests.activities import sends
from workflows.policy.effects.effects import Destination, Email, Post, Receipt, Send
from workflows.policy.keys.answer_tickets import read
from workflows.policy.watches.public_page import MaintenanceAnnounced

DELIVERY_KINDS = ["send_email", "write_document", "file_ticket"]
CHAT_KINDS = ["open_channel", "set_topic", "invite", "card", "post"]
KINDS = ["page", "sync_pager", "annotate", "confirm_ring", *CHAT_KINDS, "publish", *DELIVERY_KINDS]


@dataclass
class EveryVendor:
    """Answers for every way there is; remembers what it was asked to do."""

    failure: Exception | None = None
    asked: list[tuple[str, bool | None]] = field(default_factory=list)

    async def _do(self, kind: str, may_have_been_sent: bool | None = None) -> Receipt:
        self.asked.append((kind, may_have_been_sent))
        if self.failure:
            raise self.failure
        return Receipt(reference=kind)

    def knows(self, person: str) -> bool:
        return True

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return await self._do("page", may_have_been_sent)

    async def sync(self, send: Send) -> Receipt:
        return await self._do("sync_pager")

    async def annotate(self, send: Send) -> Receipt:
        return await self._do("annotate")

    async def confirm(self, send: Send) -> Receipt:
        return await self._do("confirm_ring")

    async def open_channel(self, send: Send) -> Receipt:
        return await self._do("open_channel")

    async def close(self) -> None:
        """Keeps no connection."""

    async def set_topic(self, send: Send) -> Receipt:
        return await self._do("set_topic")

    async def invite(self, send: Send) -> Receipt:
        return await self._do("invite")

    async def bring_up_to_date(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return await self._do("card", may_have_been_sent)

    async def post(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return await self._do("post", may_have_been_sent)

    async def publish(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return await self._do("publish", may_have_been_sent)

    async def announce(self, maintenance: MaintenanceAnnounced) -> None:
        await self._do("announce_maintenance")

    async def write(self) -> None:
        await self._do("write_status_page")

    async def send_email(self, send: Send) -> Receipt:
        return await self._do("send_email")

    async def write_document(self, send: Send) -> Receipt:
        return await self._do("write_document")

    async def file_ticket(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return await self._do("file_ticket", may_have_been_sent)


async def run(vendor: EveryVendor, kind: str, send: Send, attempt: int = 1) -> Receipt:
    perform = Perform(vendor, vendor, vendor, vendor, vendor, vendor)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt, activity_type=kind)
    performing: Callable[[Send], Awaitable[Receipt]] = getattr(perform, kind)
    return await environment.run(performing, send)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_activity_asks_its_vendor(kind: str) -> None:
    vendor = EveryVendor()
    assert (await run(vendor, kind, sends.page())).reference == kind
    assert [asked for asked, _ in vendor.asked] == [kind]


@pytest.mark.parametrize("kind", ["page", "post", "publish", "file_ticket"])
@pytest.mark.parametrize(
    ("again", "attempt", "may_have_been_sent"),
    [
        (False, 1, False),
        # This activity's first attempt may have had its effect.
        (False, 2, True),
        # Another activity began the same key, before a crash or continue-as-new.
        (True, 1, True),
    ],
)
async def test_what_may_have_been_sent_is_looked_for_first(
    kind: str, again: bool, attempt: int, may_have_been_sent: bool
) -> None:
    vendor = EveryVendor()
    await run(vendor, kind, sends.page(again=again), attempt)
    assert vendor.asked == [(kind, may_have_been_sent)]


@pytest.mark.parametrize("kind", KINDS)
async def test_unavailable_is_tried_again_when_the_vendor_says(kind: str) -> None:
    with pytest.raises(ApplicationError, match="not now") as failure:
        await run(EveryVendor(Unavailable("not now", timedelta(minutes=20))), kind, sends.page())
    assert failure.value.type == "Unavailable"
    assert not failure.value.non_retryable
    somebody_waits = kind in ("page", "sync_pager")
    longest = timedelta(seconds=30) if somebody_waits else timedelta(minutes=20)
    assert failure.value.next_retry_delay == longest
    assert failure.value.category == ApplicationErrorCategory.BENIGN


@pytest.mark.parametrize("kind", KINDS)
async def test_a_vendor_that_says_at_once_is_asked_with_growing_pauses(kind: str) -> None:
    with pytest.raises(ApplicationError, match="not now") as failure:
        await run(EveryVendor(Unavailable("not now", timedelta(0))), kind, sends.page())
    assert failure.value.next_retry_delay is None


@pytest.mark.parametrize("kind", KINDS)
async def test_rejected_is_not_tried_again_and_names_the_route(kind: str) -> None:
    with pytest.raises(ApplicationError, match="never") as failure:
        await run(EveryVendor(Rejected("never", route="0123456789ab")), kind, sends.page())
    assert failure.value.type == "Rejected"
    assert failure.value.non_retryable
    assert failure.value.details == ("0123456789ab",)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("page", f"a pager is not connected: set {PAGER_VARIABLES}"),
        ("post", "Slack is not connected: set TOCSIN_SLACK_TOKEN"),
        ("publish", "the status page is not connected: set TOCSIN_PUBLIC_PAGE or TOCSIN_STATUSPAGE_TOKEN"),
    ],
)
async def test_what_is_not_connected_is_rejected(kind: str, message: str) -> None:
    perform = Perform(None, None, None, pager_variables=PAGER_VARIABLES)
    with pytest.raises(ApplicationError, match=message) as failure:
        await ActivityEnvironment().run(getattr(perform, kind), sends.page())
    assert failure.value.non_retryable


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("send_email", "e-mail is not connected: set TOCSIN_SMTP_URL"),
        ("write_document", "the document store is not connected: set TOCSIN_DOCUMENTS"),
        ("file_ticket", "Jira is not connected: set TOCSIN_JIRA_URL"),
    ],
)
async def test_a_way_that_nobody_promised_is_unconnected_and_that_is_no_failure(kind: str, message: str) -> None:
    with pytest.raises(ApplicationError, match=message) as failure:
        await ActivityEnvironment().run(getattr(Perform(None, None, None), kind), sends.page())
    assert failure.value.type == "Unconnected"
    assert failure.value.non_retryable


async def test_without_a_dead_mans_switch_the_canary_comes_through_all_the_same() -> None:
    await ActivityEnvironment().run(Perform(None, None, None).call_dead_mans_switch)


@pytest.mark.parametrize(
    ("failure", "outcome"), [(None, "sent"), (Unavailable("no"), "unavailable"), (Rejected("no"), "rejected")]
)
async def test_each_send_is_one_log_line_without_its_texts(failure: Exception | None, outcome: str) -> None:
    with structlog.testing.capture_logs() as logs:
        try:
            await run(EveryVendor(failure), "post", sends.post(key="tell/1", text="a text", subject="a subject"))
        except ApplicationError:
            assert failure is not None
    (line,) = logs
    assert isinstance(line.pop("seconds"), float)
    assert line == {"event": "post", "key": "tell/1", "outcome": outcome, "log_level": "info"}


def test_paging_has_its_queue_to_itself() -> None:
    perform = Perform(None, None, None)
    names = [[each.__name__ for each in queue] for queue in (perform.page_activities(), perform.comms_activities())]
    assert names[0] == ["page", "sync_pager", "canary"]
    assert set(names[0]) & set(names[1]) == {"canary"}
    assert {*names[0], *names[1]} == {
        *KINDS, "send_together", "canary", "call_dead_mans_switch", "ask_on_call", "read_roster", "set_user_group",
            "write_status_page", "announce_maintenance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("late", "said"), [(timedelta(seconds=59), False), (timedelta(minutes=9, seconds=36), True), (None, False)]
)
async def test_a_page_says_how_late_it_is_when_it_gets_through(late: timedelta | None, said: bool) -> None:
    pager = Recorder()
    due_at = datetime.now(UTC) - late if late is not None else None
    await ActivityEnvironment().run(Perform(pager, None, None).page, sends.page().model_copy(update={"due_at": due_at}))
    assert pager.pages[0].text.startswith("This page comes 9 min late.") is said


@pytest.mark.parametrize(("late", "said"), [(timedelta(seconds=119), False), (timedelta(minutes=31, seconds=5), True)])
async def test_a_message_that_comes_late_says_when_it_happened(late: timedelta, said: bool) -> None:
    chat, due_at = Talker(), datetime.now(UTC) - late
    await ActivityEnvironment().run(Perform(None, chat, None).post, sends.post().model_copy(update={"due_at": due_at}))
    first = chat.posts[0].text.partition("\n")[0]
    assert (first.startswith("At ") and first.endswith(f"{due_at:%H:%M} UTC (31 min ago):")) is said


async def test_a_late_message_says_it_by_the_clock_that_its_people_live_by() -> None:
    chat, due_at = Talker(), datetime(2026, 11, 25, 23, 55, tzinfo=UTC)
    send = sends.post().model_copy(update={"due_at": due_at, "zone": "Europe/Berlin"})
    await ActivityEnvironment().run(Perform(None, chat, None).post, send)
    assert "00:55 Berlin (23:55 UTC)" in chat.posts[0].text.partition("\n")[0]


ADDRESS = "http://127.0.0.1:8233/namespaces/default/workflows/test"
"""Of the activity environment's workflow."""


@pytest.mark.parametrize(
    ("send", "shown"),
    [
        (sends.post("#incidents"), True),
        (sends.post("#incidents", thread="1.2"), False),
        (sends.post("C1"), False),
        (sends.post("C1", pin=True), True),
    ],
    ids=["shared", "its thread", "its channel", "pinned there"],
)
async def test_a_message_where_others_are_says_where_the_incident_can_be_looked_at(send: Send, shown: bool) -> None:
    chat = Talker()
    await ActivityEnvironment().run(
        Perform(None, chat, None, addresses=IncidentAddresses("http://127.0.0.1:8233/")).post, send
    )
    assert chat.posts[0].text.endswith(ADDRESS) is shown


async def test_a_page_says_where_the_incident_can_be_looked_at() -> None:
    pager = Recorder()
    await ActivityEnvironment().run(
        Perform(pager, None, None, addresses=IncidentAddresses("http://127.0.0.1:8233")).page, sends.page()
    )
    assert pager.pages[0].address == ADDRESS
    assert ("Temporal", ADDRESS) in pager.pages[0].links
    assert pager.pages[0].text.endswith(f"Temporal: {ADDRESS}")


async def test_nobody_is_sent_to_an_address_that_shows_nothing() -> None:
    pager = Recorder()
    await ActivityEnvironment().run(Perform(pager, None, None).page, sends.page())
    assert pager.pages[0] == sends.page(first_started_at=pager.pages[0].first_started_at)


CHANNEL = f"/incidents/{sends.INCIDENT}/channel"
GATEWAY = "https://tocsin.example.com"


@pytest.mark.parametrize(
    ("addresses", "links"),
    [
        (IncidentAddresses(gateway_url=f"{GATEWAY}/", has_chat=True), [("Channel", GATEWAY + CHANNEL)]),
        (IncidentAddresses(gateway_url=GATEWAY), []),
        (IncidentAddresses(has_chat=True), []),
    ],
    ids=["gateway and chat", "no chat", "no gateway"],
)
async def test_a_link_of_ours_gets_the_gateways_address_and_nobody_is_sent_to_nowhere(
    addresses: IncidentAddresses, links: list[tuple[str, str]]
) -> None:
    pager, theirs = Recorder(), ("Graph", "/d/abc")
    page = sends.page(links=(("Channel", CHANNEL), theirs))
    await ActivityEnvironment().run(Perform(pager, None, None, addresses=addresses).page, page)
    assert [link for link in pager.pages[0].links if link[0] != "Board"] == [*links, theirs]


@pytest.mark.parametrize("key", ["tocsin/acme/coverage-on-call/1795811365", "tocsin/digest/20261127"])
async def test_what_is_about_no_incident_leads_to_the_board_itself(key: str) -> None:
    chat, post = Talker(), sends.send(Post(to=Destination(channel="#incidents"), template="coverage"))
    await ActivityEnvironment().run(
        Perform(None, chat, None, addresses=IncidentAddresses(gateway_url=GATEWAY)).post,
        post.model_copy(update={"incident": "coverage-on-call", "vendor_key": key}),
    )
    assert chat.posts[0].text.endswith(f"\nBoard: {GATEWAY}/")


async def test_a_mail_says_it_in_a_line() -> None:
    addresses, mailer = IncidentAddresses(gateway_url=GATEWAY, has_chat=True), PostOffice()
    mail = sends.send(Email(to="all", template="told"), links=(("Channel", CHANNEL),))
    perform = Perform(None, None, None, mailer, addresses=addresses)
    for send in (mail, mail.model_copy(update={"links": ()})):
        await ActivityEnvironment().run(perform.send_email, send)
    assert [each.text for each in mailer.mails] == [f"{mail.text}\nChannel: {GATEWAY}{CHANNEL}", mail.text]


class PostOffice:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[Send] = []

    async def send_email(self, send: Send) -> Receipt:
        self.mails.append(send)
        return Receipt()


class Talker:
    """A chat that takes everything."""

    def __init__(self) -> None:
        self.posts: list[Send] = []

    async def post(self, send: Send, may_have_been_sent: bool) -> Receipt:
        self.posts.append(send)
        return Receipt()

    async def open_channel(self, send: Send) -> Receipt:
        return Receipt()

    async def close(self) -> None:
        """Keeps no connection."""

    async def invite(self, send: Send) -> Receipt:
        return Receipt()

    async def bring_up_to_date(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return Receipt()

    async def set_topic(self, send: Send) -> Receipt:
        return Receipt()


class Recorder:
    """A pager that takes everything."""

    def __init__(self) -> None:
        self.pages: list[Send] = []

    def knows(self, person: str) -> bool:
        return True

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        self.pages.append(send)
        return Receipt()

    async def sync(self, send: Send) -> Receipt:
        return Receipt()

    async def annotate(self, send: Send) -> Receipt:
        return Receipt()

    async def confirm(self, send: Send) -> Receipt:
        raise NotImplementedError


class TestAnswerLinks:
    RING = "incident-declared-k7/20261127-0204-k7/escalate/1/on-call/1"

    async def paged(self, links: AnswerLinks | None, vendor_key: str) -> Send:
        """As the pager gets it."""
        vendor = SeenPager()
        perform = Perform(vendor, None, None, addresses=IncidentAddresses(answer_links=links))
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, activity_type="page")
        await environment.run(perform.page, sends.page(vendor_key=vendor_key))
        return vendor.seen[-1]

    async def test_a_page_carries_the_link_of_its_own_ring_and_person(self) -> None:
        said = await self.paged(AnswerLinks("https://tocsin.example.com/", "key"), vendor_key=self.RING)
        assert said.answer.startswith("https://tocsin.example.com/a/")
        ticket = read(said.answer.rpartition("/")[2], ("key",))
        assert ticket is not None
        assert (ticket.ring, ticket.person) == (self.RING, "on-call")
        assert ticket.until > datetime.now(UTC) + timedelta(hours=23)
        assert ("Acknowledge", said.answer) in said.links

    async def test_what_is_of_no_incident_has_nothing_to_answer(self) -> None:
        said = await self.paged(AnswerLinks("https://tocsin.example.com", "key"), vendor_key="tocsin/test-1/on-call")
        assert (said.answer, said.links) == ("", ())

    async def test_where_phones_do_not_reach_the_gateway_there_is_none(self) -> None:
        assert (await self.paged(None, vendor_key=self.RING)).answer == ""


class SeenPager(EveryVendor):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Send] = []

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        self.seen.append(send)
        return Receipt()


async def test_a_card_and_a_page_lead_to_the_board_and_to_temporal() -> None:
    pager = Recorder()
    perform = Perform(
        pager, None, None, addresses=IncidentAddresses("http://127.0.0.1:8233", "https://tocsin.example/")
    )
    await ActivityEnvironment().run(perform.page, sends.page())
    said = pager.pages[0]
    board = f"https://tocsin.example/incidents/{said.incident}"
    assert said.text.endswith(f"Board: {board}\nTemporal: {ADDRESS}")
    assert said.links[-2:] == (("Board", board), ("Temporal", ADDRESS))
