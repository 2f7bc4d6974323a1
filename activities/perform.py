"""The activities: an effect to its vendor, a vendor's failure to Temporal's words. No vendor's file speaks Temporal."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.dead_mans_switch import DeadMansSwitch
from activities.errors import LONGEST_WAIT, Rejected, Unavailable
from activities.holding import as_it_rang, to_whoever_is_on_call
from activities.incident_link import IncidentAddresses
from activities.on_call import WhoIsOnCall
from activities.rosters import set_group
from activities.said_beside import saying_how_late, saying_when
from activities.together import at_once
from activities.vendors import Chat, DocumentKeeper, MailSender, PageSender, StatusPageWriter, Tickets
from workflows.durable import deliveries
from workflows.durable.batches import TOGETHER, AttemptResult, AttemptResults, SendBatch
from workflows.durable.deliveries import EffectDelivery, WithoutVendor
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.rota.roster import Roster, RosterQuestion, UserGroupOrder
from workflows.policy.watches.public_page import MaintenanceAnnounced

Activity = Callable[..., Awaitable[Receipt | AttemptResults | Roster | str | None]]
Adapter = TypeVar("Adapter")

NO_ADDRESSES = IncidentAddresses()
LONGEST_RING_PAUSE = timedelta(seconds=30)
"""A page asks again after that at the latest, whatever the vendor says: somebody waits for it."""

log = structlog.get_logger()


class Perform:
    """None is a way that is not connected: the failure says which setting connects it, and its type stands in the table
    of deliveries."""

    def __init__(
        self,
        pager: PageSender | None,
        chat: Chat | None,
        status_page: StatusPageWriter | None,
        mail: MailSender | None = None,
        documents: DocumentKeeper | None = None,
        tickets: Tickets | None = None,
        dead_mans_switch: DeadMansSwitch | None = None,
        pager_variables: str = "",
        on_call: WhoIsOnCall | None = None,
        addresses: IncidentAddresses = NO_ADDRESSES,
    ) -> None:
        self._pager = pager
        self._chat = chat
        self._status_page = status_page
        self._mail = mail
        self._documents = documents
        self._tickets = tickets
        self._dead_mans_switch = dead_mans_switch
        self._pager_variables = pager_variables
        self._on_call = on_call
        self._addresses = addresses

    async def close(self) -> None:
        """Ends the connections that are kept between sends."""
        if self._chat is not None:
            await self._chat.close()

    def page_activities(self) -> Sequence[Activity]:
        """For the paging queue: it never waits behind a chat."""
        return [self.page, self.sync_pager, self.canary]

    def comms_activities(self) -> Sequence[Activity]:
        return [
            self.annotate,
            self.confirm_ring,
            self.ask_on_call,
            self.read_roster,
            self.set_user_group,
            self.open_channel,
            self.set_topic,
            self.invite,
            self.card,
            self.post,
            self.publish,
            self.announce_maintenance,
            self.write_status_page,
            self.send_email,
            self.write_document,
            self.file_ticket,
            self.send_together,
            self.canary,
            self.call_dead_mans_switch,
        ]

    @activity.defn(name=deliveries.PAGE.activity)
    async def page(self, send: Send) -> Receipt:
        with _sending(deliveries.PAGE.activity, send.key, LONGEST_RING_PAUSE):
            send, rang = await to_whoever_is_on_call(send, self._pagers(), self._on_call)
            said = self._addresses.answerable(self._saying_where(saying_how_late(send)))
            receipt = await self._pagers().page(said, _may_have_been_sent(send))
            return receipt.model_copy(update={"rang": rang}) if rang else receipt

    @activity.defn(name=deliveries.SYNC_PAGER.activity)
    async def sync_pager(self, send: Send) -> Receipt:
        with _sending(deliveries.SYNC_PAGER.activity, send.key, LONGEST_RING_PAUSE):
            return await self._pagers().sync(as_it_rang(send))

    @activity.defn(name=deliveries.ANNOTATE.activity)
    async def annotate(self, send: Send) -> Receipt:
        with _sending(deliveries.ANNOTATE.activity, send.key):
            return await self._pagers().annotate(as_it_rang(send))

    @activity.defn(name=deliveries.CONFIRM_RING.activity)
    async def confirm_ring(self, send: Send) -> Receipt:
        with _sending(deliveries.CONFIRM_RING.activity, send.key):
            return await self._pagers().confirm(as_it_rang(send))

    @activity.defn(name=deliveries.ASK_ON_CALL.activity)
    async def ask_on_call(self, send: Send) -> Receipt:
        with _sending(deliveries.ASK_ON_CALL.activity, send.key):
            return await self._rotas().answer(send)

    @activity.defn(name="read_roster")
    async def read_roster(self, question: RosterQuestion) -> Roster:
        return await self._rotas().read(question)

    @activity.defn(name="set_user_group")
    async def set_user_group(self, order: UserGroupOrder) -> str:
        with _sending("set_user_group", order.group):
            return await set_group(self._slack(), order)

    @activity.defn(name=deliveries.OPEN_CHANNEL.activity)
    async def open_channel(self, send: Send) -> Receipt:
        with _sending(deliveries.OPEN_CHANNEL.activity, send.key):
            return await self._slack().open_channel(send)

    @activity.defn(name=deliveries.SET_TOPIC.activity)
    async def set_topic(self, send: Send) -> Receipt:
        with _sending(deliveries.SET_TOPIC.activity, send.key):
            return await self._slack().set_topic(send)

    @activity.defn(name=deliveries.INVITE.activity)
    async def invite(self, send: Send) -> Receipt:
        with _sending(deliveries.INVITE.activity, send.key):
            return await self._slack().invite(send)

    @activity.defn(name=deliveries.CARD.activity)
    async def card(self, send: Send) -> Receipt:
        with _sending(deliveries.CARD.activity, send.key):
            return await self._slack().bring_up_to_date(self._saying_where(send), _may_have_been_sent(send))

    @activity.defn(name=deliveries.POST.activity)
    async def post(self, send: Send) -> Receipt:
        with _sending(deliveries.POST.activity, send.key):
            return await self._slack().post(self._saying_where(saying_when(send)), _may_have_been_sent(send))

    @activity.defn(name=deliveries.PUBLISH.activity)
    async def publish(self, send: Send) -> Receipt:
        with _sending(deliveries.PUBLISH.activity, send.key):
            return await self._page().publish(send, _may_have_been_sent(send))

    @activity.defn(name="announce_maintenance")
    async def announce_maintenance(self, maintenance: MaintenanceAnnounced) -> None:
        with _sending("announce_maintenance", maintenance.maintenance):
            await self._page().announce(maintenance)

    @activity.defn(name="write_status_page")
    async def write_status_page(self) -> None:
        if self._status_page is not None:  # there may be none any more
            with _sending("write_status_page", "status-page"):
                await self._status_page.write()

    @activity.defn(name=deliveries.SEND_EMAIL.activity)
    async def send_email(self, send: Send) -> Receipt:
        with _sending(deliveries.SEND_EMAIL.activity, send.key):
            mailer = _connected(self._mail, deliveries.SEND_EMAIL, "e-mail", "TOCSIN_SMTP_URL")
            return await mailer.send_email(self._addresses.leading_to_channel(send))

    @activity.defn(name=deliveries.WRITE_DOCUMENT.activity)
    async def write_document(self, send: Send) -> Receipt:
        with _sending(deliveries.WRITE_DOCUMENT.activity, send.key):
            shelf = _connected(self._documents, deliveries.WRITE_DOCUMENT, "the document store", "TOCSIN_DOCUMENTS")
            return await shelf.write_document(send)

    @activity.defn(name=deliveries.FILE_TICKET.activity)
    async def file_ticket(self, send: Send) -> Receipt:
        with _sending(deliveries.FILE_TICKET.activity, send.key):
            tickets = _connected(self._tickets, deliveries.FILE_TICKET, "Jira", "TOCSIN_JIRA_URL")
            return await tickets.file_ticket(send, _may_have_been_sent(send))

    @activity.defn(name=TOGETHER)
    async def send_together(self, batch: SendBatch) -> AttemptResults:
        """Each as its own activity would send it."""
        attempts = {
            deliveries.ANNOTATE: self.annotate,
            deliveries.OPEN_CHANNEL: self.open_channel,
            deliveries.SET_TOPIC: self.set_topic,
            deliveries.INVITE: self.invite,
            deliveries.CARD: self.card,
            deliveries.POST: self.post,
            deliveries.PUBLISH: self.publish,
            deliveries.WRITE_DOCUMENT: self.write_document,
            deliveries.FILE_TICKET: self.file_ticket,
        }
        return await attempt_together(batch, lambda send: attempts[deliveries.delivery(send.effect)](send))

    @activity.defn(name="canary")
    async def canary(self) -> None:
        """Shows that this queue's worker works."""

    @activity.defn(name="call_dead_mans_switch")
    async def call_dead_mans_switch(self) -> None:
        """Nothing without a switch: the canary still shows the gateway that everything works."""
        if self._dead_mans_switch is not None:
            with _sending("call_dead_mans_switch", "dead-mans-switch"):
                await self._dead_mans_switch.call()

    def _saying_where(self, send: Send) -> Send:
        info = activity.info()
        return self._addresses.said_with(send, info.workflow_namespace or "", info.workflow_id or "")

    def _rotas(self) -> WhoIsOnCall:
        return _connected(self._on_call, deliveries.ASK_ON_CALL, "whoever is on call", "TOCSIN_PAGERDUTY_API_TOKEN")

    def _pagers(self) -> PageSender:
        return _connected(self._pager, deliveries.PAGE, "a pager", self._pager_variables)

    def _page(self) -> StatusPageWriter:
        settings = "TOCSIN_PUBLIC_PAGE or TOCSIN_STATUSPAGE_TOKEN"
        return _connected(self._status_page, deliveries.PUBLISH, "the status page", settings)

    def _slack(self) -> Chat:
        return _connected(self._chat, deliveries.POST, "Slack", "TOCSIN_SLACK_TOKEN")


def _may_have_been_sent(send: Send) -> bool:
    """An earlier attempt, of this activity or of one before it, may have had its effect."""
    return send.again or activity.info().attempt > 1


def _connected(adapter: Adapter | None, row: EffectDelivery, name: str, setting: str) -> Adapter:
    if adapter is not None:
        return adapter
    problem = f"{name} is not connected: set {setting}"
    if row.without_vendor is WithoutVendor.REJECTED:
        raise Rejected(problem)
    raise ApplicationError(problem, type=row.without_vendor.value, non_retryable=True)


@contextmanager
def _sending(name: str, key: str, longest_pause: timedelta = LONGEST_WAIT) -> Iterator[None]:
    """Logs one line, never a text; and says a failure in Temporal's words. A Rejected's route is the first detail."""
    started, outcome = time.monotonic(), "failed"
    try:
        yield
        outcome = "sent"
    except Unavailable as error:
        outcome = "unavailable"
        raise ApplicationError(
            str(error),
            type="Unavailable",
            next_retry_delay=min(error.retry_after, longest_pause) if error.retry_after else None,
            category=ApplicationErrorCategory.BENIGN,
        ) from None
    except Rejected as error:
        outcome = "rejected"
        raise ApplicationError(str(error), error.route, type="Rejected", non_retryable=True) from None
    finally:
        seconds = round(time.monotonic() - started, 3)
        log.info(name, key=key, outcome=outcome, seconds=seconds)


async def attempt_together(batch: SendBatch, attempt: Callable[[Send], Awaitable[Receipt]]) -> AttemptResults:
    return AttemptResults(answers=tuple(map(_result, await at_once(map(attempt, batch.sends)))))


def _result(found: Receipt | BaseException) -> AttemptResult:
    if isinstance(found, Receipt):
        return AttemptResult(receipt=found)
    if not isinstance(found, ApplicationError):  # a bug, or no answer in time: by itself it is tried again, visibly
        return AttemptResult(failure=type(found).__name__, problem=str(found))
    route = str(found.details[0]) if found.details and found.details[0] else None
    failure = AttemptResult(failure=found.type or "", problem=found.message, route=route)
    return failure.model_copy(update={"wait": found.next_retry_delay}) if found.next_retry_delay else failure
