"""PagerDuty: rings, and what becomes of them. The only file that knows pdpyras, which has no future: docs/adr/0003.

pdpyras is synchronous, so its calls run in threads of their own. Each call has a session of its own too: no thread
shares one, and no page meets a connection that a firewall has long forgotten.
"""

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.errors import Malformed, Rejected, Unavailable
from activities.pagerduty_help import ResponderRequests
from activities.pagerduty_incidents import A, FollowedIncidents, Query
from activities.pagerduty_json import OnCallEntries, alerts, meaning, who
from activities.pagerduty_services import service_of
from activities.pagers import fingerprint, open_route
from activities.rosters import within
from activities.vendor_http import HTTP_TIMEOUT_S
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send, SyncPager
from workflows.policy.rota.roster import RosterQuestion
from workflows.policy.rota.shift import Stint
from workflows.policy.runbook.on_call import PagerDutyOnCall

with warnings.catch_warnings():
    # It announces its own end at each import. We know: docs/adr/0003.
    warnings.simplefilter("ignore", UserWarning)
    from pdpyras import APISession, EventsAPISession, PDClientError, PDSession, successful_response

THREADS = 64
"""More than the worker's page slots: no page waits for a thread."""
MOST_ON_CALLS = 100
"""Stretches that PagerDuty lists at a time: enough for two weeks of shifts."""
LEFT_OUT = ("links and details", "all but its summary")
NOTHING_SET: Mapping[str, str] = {}
ACTION = {"acknowledged": "acknowledge", "resolved": "resolve"}

T = TypeVar("T")


class PagerDuty:
    """Every method raises Unavailable or Rejected. Without a token for the REST API nothing is looked up or noted."""

    name = "PagerDuty"

    def __init__(
        self,
        routing_keys: Mapping[str, str],
        events_url: str,
        api_url: str,
        api_token: str | None,
        from_email: str | None,
        priorities: Mapping[str, str] = NOTHING_SET,
        users: Mapping[str, str] = NOTHING_SET,
    ) -> None:
        self._keys = routing_keys
        """Events v2 integration keys, by the names of people."""
        self._events_url = events_url
        self._api_url = api_url
        self._token = api_token
        self._from = from_email
        self._refused: dict[str, int] = {}
        """Rings on their way whose alert was refused as it was: in which form they go next."""
        self._incidents = FollowedIncidents(self, self.name, bool(api_token), bool(from_email), priorities)
        known = users if api_token and from_email else NOTHING_SET
        self._requests = ResponderRequests(self, self._incidents, known, from_email or "", api_token or "")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pagerduty")

    def knows(self, person: str) -> bool:
        return bool(self._keys.get(person)) or self._requests.knows(person)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Rings, after resolving the rings that this one supersedes; no failure before the ring itself holds it up.

        The event's key makes it safe to send twice while its alert is open. Once somebody has resolved that, the same
        key rings again: hence the look.
        """
        assert isinstance(send.effect, Page)
        person, ring, remarks = send.effect.to, send.vendor_key, list[str]()
        if self._is_helper(person):
            async with _at_most(RING_WITHIN_S):
                return await self._requests.ask(send, person)
        open_route(send.effect, "PagerDuty key", self._key(person))
        if may_have_been_sent and self._token and await _step(self._incidents.find(ring), remarks) is not None:
            return Receipt(reference=ring, note="it was already there", followed=True)
        await _step(self._retire(person, send.effect.supersedes), remarks)
        async with _at_most(RING_WITHIN_S):
            await self._trigger(person, send, remarks)
        rang = Receipt(reference=ring, followed=bool(self._token))
        if not remarks:
            return rang
        return rang.model_copy(update={"note": "rang all the same: " + "; ".join(remarks), "warns": True})

    async def _trigger(self, person: str, send: Send, remarks: list[str]) -> None:
        """The whole alert; where PagerDuty refuses it, and not the key, with less in it. Slow answers may leave no time
        for that within one attempt: the next one begins where this one ended."""
        forms = list(alerts(send))
        for number in range(self._refused.get(send.vendor_key, 0), len(forms)):
            try:
                await self._event(person, "trigger", send.vendor_key, forms[number])
            except Malformed as error:
                if number + 1 == len(forms):
                    self._refused.pop(send.vendor_key, None)
                    raise
                self._refused[send.vendor_key] = number + 1
                remarks.append(f"without {LEFT_OUT[number]}, for {error}")
            else:
                self._refused.pop(send.vendor_key, None)
                return

    async def sync(self, send: Send) -> Receipt:
        """Acknowledges or resolves a ring; then a note says why, if that can be done at once. When nothing is open
        PagerDuty drops the event without a word: so be it."""
        assert isinstance(send.effect, SyncPager)
        if self._is_helper(send.effect.to):
            return await self._requests.let_go(send)
        await self._event(send.effect.to, ACTION[send.effect.become], send.effect.ring)
        if send.effect.become == "resolved":
            await _step(self._incidents.say_why(send, send.effect.ring), [])
        return Receipt(reference=send.effect.ring)

    async def annotate(self, send: Send) -> Receipt:
        return await self._incidents.annotate(send)

    async def confirm(self, send: Send) -> Receipt:
        """That there is nothing proves only something where our token would see it."""
        assert isinstance(send.effect, ConfirmRing)
        person = send.effect.to
        if self._is_helper(person):
            return await self._requests.confirm(send, self.name)
        receipt = await self._incidents.confirm(send)
        is_missing = receipt.proof is not None and not receipt.proof.there
        if is_missing and await service_of(self, self._keys.get(person, "")) is None:
            return Receipt(note=f"PagerDuty shows our token no incident of it, and no service that has {person}'s key")
        return receipt

    async def stints(self, asked: RosterQuestion, where: PagerDutyOnCall) -> list[list[Stint]]:
        """Who is on call there, each stretch by itself; of an escalation policy whoever is on its first level. Needs a
        token for the REST API. Of several at a time the first that is listed counts."""
        query: dict[str, object] = {
            "since": asked.begin.isoformat(), "until": asked.end.isoformat(), "time_zone": "UTC",
            "include": ["users"], "limit": MOST_ON_CALLS,
        }  # fmt: skip
        query |= {"schedule_ids": [where.schedule]} if where.schedule else {}
        query |= {"escalation_policy_ids": [where.escalation_policy]} if where.escalation_policy else {}
        found = await self.get("/oncalls", OnCallEntries, query)
        on_first_level = (entry for entry in found.oncalls if where.schedule or entry.escalation_level == 1)
        claims = (within(who(entry, asked.people), entry.start, entry.end, asked) for entry in on_first_level)
        return [[claim] for claim in claims if claim]

    async def _retire(self, person: str, rings: tuple[str, ...]) -> None:
        await asyncio.gather(*(self._event(person, "resolve", ring) for ring in rings))

    async def _event(self, person: str, action: str, ring: str, rest: Mapping[str, object] | None = None) -> None:
        key = self._key(person)
        session = EventsAPISession(key)
        session.url = self._events_url
        await self._run(session, lambda: session.send_event(action, ring, **(rest or {})), fingerprint(person, key))

    async def get(self, path: str, answer: type[A], query: Query | None = None) -> A:
        return await self._rest(answer, lambda api: api.jget(path, params=query))

    async def post(self, path: str, answer: type[A], body: Query) -> A:
        return await self._rest(answer, lambda api: api.jpost(path, json=body))

    async def send(self, path: str) -> None:
        session = self._session()
        await self._run(session, lambda: successful_response(session.post(path, json={})))

    async def put(self, path: str, answer: type[A], body: Query) -> A:
        return await self._rest(answer, lambda api: api.jput(path, json=body))

    async def _rest(self, answer: type[A], call: Callable[[APISession], object]) -> A:
        session = self._session()
        return answer.parse(await self._run(session, lambda: call(session)))

    def _session(self) -> APISession:
        session = APISession(self._token, default_from=self._from)
        session.url = self._api_url
        return session

    async def _run(self, session: PDSession, call: Callable[[], object], route: str | None = None) -> object:
        """One call, sent exactly once."""
        session.timeout = HTTP_TIMEOUT_S
        # All three, or pdpyras sends again by itself: four times after a reset, and after a 429 for ever.
        session.max_network_attempts, session.max_http_attempts, session.retry[429] = 0, -1, 1

        def closing() -> object:
            with session:
                return call()

        try:
            async with _at_most(RING_WITHIN_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, closing)
        except RecursionError:
            raise Unavailable("PagerDuty's answer was not understood") from None
        except PDClientError as error:
            if (answer := error.response) is None:
                raise Unavailable("PagerDuty could not be reached") from None
            secrets = [*self._keys.values(), self._token or ""]
            raise meaning(answer.status_code, answer.headers, answer.content, secrets, route) from None

    def _is_helper(self, person: str) -> bool:
        return not self._keys.get(person) and self._requests.knows(person)

    def _key(self, person: str) -> str:
        if key := self._keys.get(person):
            return key
        raise Rejected(
            f"{person} has no PagerDuty integration key: set TOCSIN_PAGERDUTY_ROUTING_KEYS", fingerprint(person, "")
        )


@asynccontextmanager
async def _at_most(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unavailable(f"PagerDuty did not answer within {seconds} s") from None


async def _step(step: Awaitable[T], remarks: list[str]) -> T | None:
    """Something that must hold no page up: bounded, and its failure is a remark."""
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await step
    except (Unavailable, Rejected) as error:
        remarks.append(str(error))
    except TimeoutError:
        remarks.append(f"PagerDuty did not answer within {LOOK_WITHIN_S} s")
    return None
