"""Jira Cloud, through its REST API, version 3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/

A ticket bears a label that is made of the effect's key, and by which it is found again; and one of the incident, by
which Jira's webhooks find the way back. A comment is found again by its words.
"""

import contextlib
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote_plus

import httpx
from pydantic import JsonValue, TypeAdapter

from activities.attempts import begun_at
from activities.errors import Malformed, Rejected, Unavailable
from activities.jira_text import document, text_of
from activities.plain_text import clean, login, one_line, quote
from activities.vendor_answer import Entries, VendorAnswer, VendorMoment, readable, understood
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused
from workflows.policy.effects.effects import Receipt, Send, Ticket

LONGEST_TICKET_TITLE = 255
LONGEST_DESCRIPTION = 32_000
"""Characters. Jira takes 32,767 of a field."""
OPTIONAL = frozenset({"description", "labels"})
"""Fields without which there is a ticket all the same."""
INDEXED = timedelta(minutes=1)
"""Jira's search lags (https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile): mostly by seconds.
A ticket that may have been opened is not opened again before the search would have it."""

T = TypeVar("T")


class _JiraIssue(VendorAnswer):
    key: str


class _Found(VendorAnswer):
    issues: Entries[_JiraIssue]


class _JiraCategory(VendorAnswer):
    key: str


class _JiraStatus(VendorAnswer):
    name: str = ""
    statusCategory: _JiraCategory  # noqa: N815 (Jira's name)

    @property
    def is_done(self) -> bool:
        return self.statusCategory.key == "done"


class _StatusField(VendorAnswer):
    status: _JiraStatus


class _IssueStatus(VendorAnswer):
    fields: _StatusField


class _Transition(VendorAnswer):
    id: str
    to: _JiraStatus


class _Transitions(VendorAnswer):
    transitions: Entries[_Transition]


class _TicketComment(VendorAnswer):
    body: JsonValue = None
    created: VendorMoment


class _TicketComments(VendorAnswer):
    comments: Entries[_TicketComment]


class _JiraComplaint(VendorAnswer):
    errorMessages: Entries[str] = ()  # noqa: N815 (Jira's name)
    errors: dict[str, JsonValue] = {}


class _Refused(Malformed):
    def __init__(self, message: str, complaint: _JiraComplaint | None) -> None:
        super().__init__(message)
        self.fields = frozenset(complaint.errors if complaint else ())


_ISSUE_ANSWER, _FOUND_ANSWER = TypeAdapter(_JiraIssue), TypeAdapter(_Found)
_STATUS_ANSWER, _TRANSITIONS_ANSWER, _COMMENTS_ANSWER = (
    TypeAdapter(_IssueStatus),
    TypeAdapter(_Transitions),
    TypeAdapter(_TicketComments),
)


class Jira:
    """`file_ticket` raises Unavailable or Rejected."""

    def __init__(self, url: str, email: str, token: str, project: str, issue_type: str) -> None:
        self._auth = httpx.BasicAuth(email, token)
        self._secrets = login(email, token)
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once
        self._api = f"{url.rstrip('/')}/rest/api/3"
        self._project = project
        self._issue_type = issue_type

    async def file_ticket(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Ticket)
        async with httpx.AsyncClient(auth=self._auth, timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            if send.effect.ticket is None:
                return await self._opened(http, send, may_have_been_sent)
            there = may_have_been_sent and await self._says(http, send.effect.ticket, send)
            if not there:
                body = document(clean(send.text, LONGEST_DESCRIPTION))
                await self._send(http, "POST", self._issue(send.effect.ticket, "comment"), {"body": body})
            if send.effect.action == "close":
                await self._close(http, send.effect.ticket)
            return Receipt(reference=send.effect.ticket, note="it was already there" if there else None)

    async def _opened(self, http: httpx.AsyncClient, send: Send, may_have_been_sent: bool) -> Receipt:
        label = label_of(send.vendor_key)
        if may_have_been_sent:
            found = await self._find(http, label)
            if found:
                return Receipt(reference=found, note="it was already there")
            age = datetime.now(UTC) - (send.first_started_at or datetime.fromtimestamp(0, UTC))
            if age < INDEXED:
                raise Unavailable("Jira's search may not know yet what was opened", INDEXED - age)
        fields: dict[str, JsonValue] = {
            "project": {"key": self._project},
            "issuetype": {"name": self._issue_type},
            "summary": one_line(send.subject, LONGEST_TICKET_TITLE) or f"Incident {send.incident}",
            "description": document(clean(send.text, LONGEST_DESCRIPTION)),
            "labels": [label, incident_label(send.incident)],
        }
        return await self._created(http, fields)

    async def _created(self, http: httpx.AsyncClient, fields: Mapping[str, JsonValue]) -> Receipt:
        """Projects differ in the fields that they have. Those without which there is a ticket are left out where Jira
        refuses them: first the ones that it names (mostly labels), then all."""
        try:
            return Receipt(reference=(await self._issue_of(http, fields)).key)
        except _Refused as error:
            named = (OPTIONAL & error.fields) or {"labels"}
            fewer = {name: value for name, value in fields.items() if name not in named}
            remark = f"simplified, for {error}"
        with contextlib.suppress(_Refused):
            return Receipt(reference=(await self._issue_of(http, fewer)).key, note=remark, warns=True)
        fewest = {name: value for name, value in fields.items() if name not in OPTIONAL}
        return Receipt(reference=(await self._issue_of(http, fewest)).key, note=remark, warns=True)

    async def _issue_of(self, http: httpx.AsyncClient, fields: Mapping[str, JsonValue]) -> _JiraIssue:
        return await self._ask(http, "POST", f"{self._api}/issue", _ISSUE_ANSWER, {"fields": dict(fields)})

    async def _find(self, http: httpx.AsyncClient, label: str) -> str | None:
        query: Mapping[str, JsonValue] = {"jql": f'labels = "{label}"', "fields": ["labels"], "maxResults": 1}
        found = await self._ask(http, "POST", f"{self._api}/search/jql", _FOUND_ANSWER, query)
        return next((issue.key for issue in found.issues), None)

    async def _says(self, http: httpx.AsyncClient, ticket: str, send: Send) -> bool:
        address = self._issue(ticket, "comment") + "?orderBy=-created&maxResults=100"
        listed = await self._ask(http, "GET", address, _COMMENTS_ANSWER)
        since = begun_at(send)
        said = text_of(document(clean(send.text, LONGEST_DESCRIPTION)))
        return any(text_of(comment.body) == said for comment in listed.comments if comment.created >= since)

    async def _close(self, http: httpx.AsyncClient, ticket: str) -> None:
        """Workflows differ: whichever way leads to a status that counts as done."""
        now = (await self._ask(http, "GET", self._issue(ticket) + "?fields=status", _STATUS_ANSWER)).fields.status
        if now.is_done:
            return
        transitions = await self._ask(http, "GET", self._issue(ticket, "transitions"), _TRANSITIONS_ANSWER)
        chosen = next((each for each in transitions.transitions if each.to.is_done), None)
        if chosen is None:
            raise Rejected(f"no transition leads {ticket} from {one_line(now.name, 40)!r} to a status that is done")
        wanted: Mapping[str, JsonValue] = {"transition": {"id": chosen.id}}
        await self._send(http, "POST", self._issue(ticket, "transitions"), wanted)

    def _issue(self, key: str, what: str = "") -> str:
        return f"{self._api}/issue/{quote_plus(key)}" + (f"/{what}" if what else "")

    async def _ask(
        self,
        http: httpx.AsyncClient,
        method: str,
        address: str,
        answer: TypeAdapter[T],
        body: Mapping[str, JsonValue] | None = None,
    ) -> T:
        return understood("Jira", answer, await self._send(http, method, address, body))

    async def _send(
        self, http: httpx.AsyncClient, method: str, address: str, body: Mapping[str, JsonValue] | None = None
    ) -> bytes:
        response = await reached("Jira", http.request(method, address, json=body))
        if response.is_success:
            return response.content
        complaint = _complaint(response)
        meant = refused(response, self._said(response, complaint), setting="TOCSIN_JIRA_EMAIL and TOCSIN_JIRA_TOKEN")
        raise _Refused(str(meant), complaint) if isinstance(meant, Malformed) else meant

    def _said(self, response: httpx.Response, complaint: _JiraComplaint | None) -> str:
        if complaint is None:
            return f"Jira answered {response.status_code}"
        words = [*complaint.errorMessages, *(f"{field}: {said}" for field, said in complaint.errors.items())]
        return f"Jira answered {response.status_code}: {quote(', '.join(words), self._secrets)}"


def _complaint(response: httpx.Response) -> _JiraComplaint | None:
    return readable(_JiraComplaint, response.content)


def label_of(vendor_key: str) -> str:
    """By which the ticket of an effect is found again. A label has no blanks."""
    return f"tocsin-{hashlib.sha256(vendor_key.encode(errors='replace')).hexdigest()[:24]}"


def incident_label(incident: str) -> str:
    """By which a webhook finds the incident: `starter.sources.jira` reads it."""
    return f"tocsin-incident-{re.sub(r'[^A-Za-z0-9-]', '-', incident)[:80]}"
