"""PagerDuty's JSON: the alert that is sent, the parts of answers that are read, and what its errors mean."""

from collections.abc import Iterable, Mapping
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.errors import Rejected, Unavailable, refusal
from activities.plain_text import clean, one_line, quote
from workflows.policy.effects import Send

SUMMARY = 1024
"""Characters: https://developer.pagerduty.com/docs/send-alert-event#parameters"""
TEXT = 20_000
"""Characters of the message in the alert's details, far below the 512 kB that an event may have."""
RATE_LIMITED = "10"
"""Seconds to wait when a 429 does not say. PagerDuty counts by the minute; a page is worth asking sooner."""
SEVERITY = {"sev1": "critical", "sev2": "error", "sev3": "warning", "sev4": "info"}


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def parse(cls, body: object) -> Self:
        try:
            return cls.model_validate(body)
        except ValidationError:
            raise Unavailable("PagerDuty's answer was not understood") from None


class Incident(Answer):
    id: str


class Incidents(Answer):
    incidents: tuple[Incident, ...]


class Note(Answer):
    content: str


class Notes(Answer):
    notes: tuple[Note, ...]


class _Complaint(Answer):
    """The Events API complains in the body itself, the REST API in its `error`."""

    message: str = ""
    errors: tuple[str, ...] = ()
    error: "_Complaint | None" = None

    def __str__(self) -> str:
        return str(self.error) if self.error else ": ".join(filter(None, (self.message, ", ".join(self.errors))))


def alert(send: Send) -> dict[str, object]:
    """https://developer.pagerduty.com/docs/send-alert-event#parameters"""
    return {
        "payload": {
            "summary": one_line(send.subject, SUMMARY) or f"Incident {send.incident}",
            "source": f"incident {send.incident}",
            "severity": SEVERITY.get(send.severity, "critical"),
            "custom_details": {"message": clean(send.text, TEXT), "incident": send.incident},
        },
        # A link that is none gets the whole event refused, and no page is worth losing to a runbook's typing error.
        "links": [{"href": url, "text": label} for label, url in send.links if _is_link(url)],
        "client": "Tocsin",
    }


def meaning(
    status: int, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], route: str | None
) -> Unavailable | Rejected:
    wait = headers.get("Retry-After") or headers.get("ratelimit-reset") or (RATE_LIMITED if status == 429 else None)
    said = quote(_words(body), secrets)
    return refusal(f"PagerDuty answered {status}" + (f": {said}" if said else ""), status, wait, route)


def _words(body: bytes) -> str:
    try:
        return str(_Complaint.model_validate_json(body))
    except ValidationError:
        return ""


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
