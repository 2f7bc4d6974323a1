"""PagerDuty's JSON: the alert that is sent, the parts of answers that are read, and what its errors mean."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from pydantic import ValidationError

from activities.errors import MALFORMED, Rejected, Unavailable, vendor_error
from activities.plain_text import clean, one_line, quote
from activities.vendor_answer import Entries, VendorAnswer, VendorMoment, readable
from activities.vendor_http import KEY_REFUSED
from workflows.policy.effects.effects import Send
from workflows.policy.rota.naming import person_meant
from workflows.policy.runbook.links import is_link

LONGEST_SUMMARY = 1024
"""Characters: https://developer.pagerduty.com/docs/send-alert-event#parameters"""
SHORT_SUMMARY = 255
"""Characters of a summary that was refused at its full length."""
LONGEST_DETAILS = 20_000
"""Characters of the message in the alert's details, far below the 512 kB that an event may have."""
LONGEST_LINK_TEXT = 255
"""Characters of a link's text. Ours: PagerDuty names no limit."""
RATE_LIMITED = "10"
"""Seconds to wait when a 429 does not say. PagerDuty counts by the minute; a page is worth asking sooner."""
PAGERDUTY_SEVERITIES = {"sev1": "critical", "sev2": "error", "sev3": "warning", "sev4": "info"}


class PagerDutyAnswer(VendorAnswer):
    @classmethod
    def parse(cls, body: object) -> Self:
        try:
            return cls.model_validate(body)
        except ValidationError:
            raise Unavailable("PagerDuty's answer was not understood") from None


class ResponderUser(PagerDutyAnswer):
    id: str = ""
    summary: str = ""


class AskedResponder(PagerDutyAnswer):
    state: str = ""
    """pending, joined, declined, or user_cancelled: we let them go."""
    user: ResponderUser = ResponderUser()
    message: str = ""
    requested_at: VendorMoment | None = None


class PagerDutyIncident(PagerDutyAnswer):
    id: str
    incidents_responders: Entries[AskedResponder] = ()
    status: str = ""
    assignments: tuple[object, ...] | None = None
    """None: it does not say. Empty: it is nobody's."""


class PagerDutyIncidents(PagerDutyAnswer):
    incidents: Entries[PagerDutyIncident]


class PagerDutyNote(PagerDutyAnswer):
    content: str = ""


class Notes(PagerDutyAnswer):
    notes: Entries[PagerDutyNote]


class PagerDutyUser(PagerDutyAnswer):
    id: str = ""
    summary: str = ""
    name: str = ""
    email: str = ""


class OnCallEntry(PagerDutyAnswer):
    """https://developer.pagerduty.com/api-reference/3a6b910f11050-list-all-of-the-on-calls"""

    decisive = frozenset({"escalation_level", "start", "end"})

    user: PagerDutyUser
    escalation_level: int = 1
    start: VendorMoment | None = None
    end: VendorMoment | None = None
    """None of both: always."""


class OnCallEntries(PagerDutyAnswer):
    oncalls: Entries[OnCallEntry]


def who(entry: OnCallEntry, people: Mapping[str, str]) -> str:
    """A person of the runbook, if that user is one by name or e-mail."""
    return person_meant(people, (entry.user.name or entry.user.summary, entry.user.email))


class _PagerDutyComplaint(PagerDutyAnswer):
    """The Events API complains in the body itself, the REST API in its `error`."""

    message: str = ""
    errors: Entries[str] = ()
    error: "_PagerDutyComplaint | None" = None

    def __str__(self) -> str:
        return str(self.error) if self.error else ": ".join(filter(None, (self.message, ", ".join(self.errors))))


ABOUT_THE_KEY = re.compile(r"(routing|integration|service)[ _-]?key", re.IGNORECASE)
"""In PagerDuty's own words: a 400 that says this is not about the event."""


def alerts(send: Send) -> Iterator[dict[str, object]]:
    """The same alert with less and less in it: no page is worth losing to what only adorns it."""
    yield alert(send)
    essential = {key: value for key, value in _payload(send).items() if key != "custom_details"}
    yield {"payload": essential}
    yield {"payload": essential | {"summary": _ascii(send.subject) or "An incident", "source": "tocsin"}}


def alert(send: Send) -> dict[str, object]:
    """https://developer.pagerduty.com/docs/send-alert-event#parameters"""
    looked_at = {"client_url": send.address} if is_link(send.address) else {}
    return {
        "payload": _payload(send),
        "links": [
            {"href": url, "text": one_line(label, LONGEST_LINK_TEXT) or url}
            for label, url in send.links
            if is_link(url)
        ],
        "client": "Tocsin",
        **looked_at,
    }


def _payload(send: Send) -> dict[str, object]:
    return {
        "summary": one_line(send.subject, LONGEST_SUMMARY) or f"Incident {send.incident}",
        "source": f"incident {send.incident}",
        "severity": PAGERDUTY_SEVERITIES.get(send.severity, "critical"),
        "custom_details": {"message": clean(send.text, LONGEST_DETAILS), "incident": send.incident, **_known(send)},
    }


def _known(send: Send) -> dict[str, object]:
    """What an alert there is searched and routed by."""
    known = {"runbook": send.runbook, "channel": send.channel, "labels": dict(send.labels)}
    return {name: value for name, value in known.items() if value}


def _ascii(subject: str) -> str:
    """What no validator has ever objected to."""
    return one_line(subject, SHORT_SUMMARY).encode("ascii", "ignore").decode().strip()


def meaning(
    status: int, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], route: str | None
) -> Unavailable | Rejected:
    wait = headers.get("Retry-After") or headers.get("ratelimit-reset") or (RATE_LIMITED if status == 429 else None)
    said = quote(_words(body), secrets)
    message = f"PagerDuty answered {status}" + (f": {said}" if said else "")
    if status in KEY_REFUSED or (status in MALFORMED and ABOUT_THE_KEY.search(said)):
        key = "TOCSIN_PAGERDUTY_ROUTING_KEYS" if route else "TOCSIN_PAGERDUTY_API_TOKEN"
        return Rejected(f"{message}: set {key}", route)
    return vendor_error(message, status, wait)


def _words(body: bytes) -> str:
    return str(readable(_PagerDutyComplaint, body) or "")
