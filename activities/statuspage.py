"""Atlassian Statuspage: one incident on the page for each of ours that the public should know about.

Each of our incidents is found again by its id in the metadata of the page's; each update by its words.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import httpx
from pydantic import JsonValue, TypeAdapter

from activities.attempts import begun_at
from activities.errors import Malformed, Rejected
from activities.plain_text import clean, one_line, quote
from activities.statuspage_components import ListedComponent, UnresolvedIncident, become, missing
from activities.vendor_answer import Entries, VendorAnswer, VendorMoment, readable, understood
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused
from workflows.policy.effects.effects import Publish, Receipt, Send
from workflows.policy.watches.public_page import MaintenanceAnnounced

LONGEST_PAGE_TITLE = 200
LONGEST_UPDATE = 10_000
"""Characters. The API documents no limit for either: these are ours, far above what anybody writes."""
CORRECTED_MARK = re.compile(r"\n\nCorrected \d{4}-\d\d-\d\d \d\d:\d\d UTC\Z")
"""Statuspage shows of no update that it has been changed."""

T = TypeVar("T")


class _PublishedUpdate(VendorAnswer):
    id: str = ""
    status: str = ""
    body: str = ""
    created_at: VendorMoment

    def reads(self, words: str) -> bool:
        """But for our mark; words that were too long to be kept end in an ellipsis."""
        plain = CORRECTED_MARK.sub("", self.body)
        return plain == words or (words.endswith("…") and plain.startswith(words[:-1]))


class _PublishedIncident(VendorAnswer):
    id: str
    status: str = ""
    metadata: dict[str, JsonValue] = {}
    incident_updates: Entries[_PublishedUpdate] = ()

    def is_of(self, incident: str) -> bool:
        return self.metadata.get("tocsin") == {"incident": incident}

    def is_work(self, maintenance: str) -> bool:
        return self.metadata.get("tocsin") == {"maintenance": maintenance}

    def says(self, words: Mapping[str, JsonValue], since: datetime) -> bool:
        updates = (update for update in self.incident_updates if update.created_at >= since)
        return any({"status": update.status, "body": update.body} == words for update in updates)


class _StatuspageComplaint(VendorAnswer):
    error: str | Entries[str] = ""


_COMPONENTS_ANSWER = TypeAdapter(Entries[ListedComponent])
_UNRESOLVED_ANSWER = TypeAdapter(Entries[UnresolvedIncident])
_UPDATE_ANSWER = TypeAdapter(_PublishedUpdate)
_INCIDENT_ANSWER = TypeAdapter(_PublishedIncident)
_INCIDENTS_ANSWER = TypeAdapter(Entries[_PublishedIncident])


class Statuspage:
    """`publish` raises Unavailable or Rejected."""

    def __init__(self, token: str, page: str, url: str) -> None:
        self._token = token
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once
        self._incidents = f"{url.rstrip('/')}/pages/{page}/incidents"
        self._components = f"{url.rstrip('/')}/pages/{page}/components?per_page=100&page=1"

    async def publish(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Creates the page's incident, or updates it.

        Without a page incident it looks for one, unless nothing was ever sent there: a second public incident for one
        outage is seen by every customer.
        """
        assert isinstance(send.effect, Publish)
        if send.effect.corrects:
            return await self._correct(send, send.effect, may_have_been_sent)
        words: dict[str, JsonValue] = {"status": send.effect.status, "body": clean(send.text, LONGEST_UPDATE)}
        async with self._http() as http:
            is_first = send.nothing_there and not may_have_been_sent
            known = send.effect.page_incident or (None if is_first else await self._find(http, send.incident))
            affected, remark = await self._affected(http, send.effect, known)
            if known is None:
                name = one_line(send.subject, LONGEST_PAGE_TITLE) or f"Incident {send.incident}"
                new = words | {"name": name, "metadata": {"tocsin": {"incident": send.incident}}}
                created, left_alone = await self._say(http, "POST", self._incidents, new, affected)
                return _receipt(created.id, left_alone or remark)
            address = f"{self._incidents}/{known}"
            if may_have_been_sent:
                published = await self._ask(http, "GET", address, _INCIDENT_ANSWER)
                if published.says(words, begun_at(send)):
                    return Receipt(reference=known, note="it was already there")
            # Each of these adds an update and mails the page's subscribers, whatever it repeats.
            _, left_alone = await self._say(http, "PATCH", address, words, affected)
            return _receipt(known, left_alone or remark)

    async def _correct(self, send: Send, effect: Publish, may_have_been_sent: bool) -> Receipt:
        """The update is found by its words; changing it mails nobody.
        https://developer.statuspage.io/#operation/patchPagesPageIdIncidentsIncidentIdIncidentUpdatesIncidentUpdateId"""
        words = clean(send.text, LONGEST_UPDATE)
        async with self._http() as http:
            known = effect.page_incident or await self._find(http, send.incident)
            if known is None:
                raise Rejected("what is to be corrected does not stand on the status page")
            address = f"{self._incidents}/{known}"
            said = (await self._ask(http, "GET", address, _INCIDENT_ANSWER)).incident_updates
            wrong = next((each for each in said if each.reads(clean(effect.before, LONGEST_UPDATE))), None)
            if (may_have_been_sent or wrong is None) and any(each.reads(words) for each in said):
                return Receipt(reference=known, note="it was already there")
            if wrong is None:
                raise Rejected("what is to be corrected does not stand on the status page in these words any more")
            marked = f"{words}\n\nCorrected {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            body: dict[str, JsonValue] = {"body": marked, "deliver_notifications": False}
            changed = f"{address}/incident_updates/{wrong.id}"
            await self._ask(http, "PATCH", changed, _UPDATE_ANSWER, body, of="incident_update")
        return Receipt(reference=known)

    async def announce(self, maintenance: MaintenanceAnnounced) -> None:
        """Statuspage begins and ends it by itself, at its times."""
        is_over = maintenance.ends_at <= max(maintenance.at, maintenance.starts_at)
        times: dict[str, JsonValue] = {
            "scheduled_for": maintenance.starts_at.isoformat(),
            "scheduled_until": maintenance.ends_at.isoformat(),
        }
        async with self._http() as http:
            listed = await self._ask(http, "GET", self._incidents, _INCIDENTS_ANSWER)
            known = next((each for each in listed if each.is_work(maintenance.maintenance)), None)
            if known is None and not is_over:
                ids: list[JsonValue] = [each.id for each in await self._listed(http, maintenance.components)]
                new = times | _planned_work(maintenance) | {"component_ids": ids}
                await self._ask(http, "POST", self._incidents, _INCIDENT_ANSWER, new)
            elif known is not None and known.status != "completed":
                news: dict[str, JsonValue] = {"status": "completed"} if is_over else times
                await self._ask(http, "PATCH", f"{self._incidents}/{known.id}", _INCIDENT_ANSWER, news)

    async def _say(
        self,
        http: httpx.AsyncClient,
        method: str,
        address: str,
        words: dict[str, JsonValue],
        affected: dict[str, JsonValue],
    ) -> tuple[_PublishedIncident, str]:
        """Without what is affected, where that is refused: and then why, for somebody to see."""
        try:
            return await self._ask(http, method, address, _INCIDENT_ANSWER, words | affected), ""
        except Malformed as error:
            if not affected:
                raise
            said = await self._ask(http, method, address, _INCIDENT_ANSWER, words)
            return said, f"its components were left alone: {error}"

    async def _affected(
        self, http: httpx.AsyncClient, effect: Publish, known: str | None
    ) -> tuple[dict[str, JsonValue], str]:
        """The fields that say what is affected, and what somebody has to see. Words that the public waits for do not
        wait for components that the key may not touch."""
        if not effect.components:
            return {}, ""
        try:
            listed = await self._listed(http, effect.components)
            found = await self._ask(http, "GET", f"{self._incidents}/unresolved", _UNRESOLVED_ANSWER)
        except Rejected as error:
            return {}, f"its components were left alone: {error}"
        others = [each for each in found if each.id != known]
        return become(listed, others, effect, is_new=known is None), missing(effect.components, listed)

    async def _listed(self, http: httpx.AsyncClient, names: Sequence[str]) -> Sequence[ListedComponent]:
        """Of the components, those of these names."""
        found = await self._ask(http, "GET", self._components, _COMPONENTS_ANSWER) if names else ()
        return [each for each in found if each.name in names]

    def _http(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"OAuth {self._token}"}
        return httpx.AsyncClient(headers=headers, timeout=HTTP_TIMEOUT_S, verify=self._tls)

    async def write(self) -> None:
        """Statuspage shows it itself."""

    async def _find(self, http: httpx.AsyncClient, incident: str) -> str | None:
        """Among all, newest first: what `resolved` has reached already is not among the unresolved ones."""
        listed = await self._ask(http, "GET", self._incidents, _INCIDENTS_ANSWER)
        return next((each.id for each in listed if each.is_of(incident)), None)

    async def _ask(
        self,
        http: httpx.AsyncClient,
        method: str,
        address: str,
        answer: TypeAdapter[T],
        said: Mapping[str, JsonValue] | None = None,
        of: str = "incident",
    ) -> T:
        body = None if said is None else {of: said}
        response = await reached("Statuspage", http.request(method, address, json=body))
        if not response.is_success:
            raise refused(response, self._said(response), setting="TOCSIN_STATUSPAGE_TOKEN")
        return understood("Statuspage", answer, response.content)

    def _said(self, response: httpx.Response) -> str:
        said = readable(_StatuspageComplaint, response.content)
        if said is None:
            return f"Statuspage answered {response.status_code}"
        words = said.error if isinstance(said.error, str) else ", ".join(said.error)
        return f"Statuspage answered {response.status_code}: {quote(words, [self._token])}"


def _planned_work(maintenance: MaintenanceAnnounced) -> dict[str, JsonValue]:
    return {
        "name": one_line(maintenance.name, LONGEST_PAGE_TITLE) or "Maintenance",
        "status": "scheduled",
        "scheduled_auto_in_progress": True,
        "scheduled_auto_completed": True,
        "auto_transition_to_maintenance_state": True,
        "auto_transition_to_operational_state": True,
        "metadata": {"tocsin": {"maintenance": maintenance.maintenance}},
    }


def _receipt(incident: str, remark: str) -> Receipt:
    return Receipt(reference=incident, note=remark, warns=True) if remark else Receipt(reference=incident)
