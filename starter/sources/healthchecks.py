"""Healthchecks, with the body that docs/sources/healthchecks.md asks for: https://healthchecks.io/docs/

Its webhook has no body of its own; the placeholders are those of `hc/integrations/webhook/transport.py`.
"""

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

HEALTHCHECKS_BODY = '{"code": "$CODE", "status": "$STATUS", "at": "$NOW", "check": $JSON}'
"""What to paste as the body of both requests, of that for "down" and of that for "up"."""
_TEST_CHECK = ("TEST", 42)
"""Name and number of pings of the check that `Test` makes up; its code is another each time."""


class _CheckDetails(Foreign):
    name: str = ""
    slug: str = ""
    tags: str = ""
    desc: str = ""
    n_pings: int = 0
    last_ping: datetime | None = None
    ping_url: str = ""
    badge_url: str = ""
    update_url: str = ""


class _HealthchecksBody(Foreign):
    code: str
    status: str = ""
    at: datetime | None = None
    check: _CheckDetails = _CheckDetails()


def translate(webhook: Webhook) -> Reading:
    """One delivery is one check. Raises Unreadable without its code."""
    sent, problems = foreign.read(_HealthchecksBody, webhook.body, "what docs/sources/healthchecks.md says to paste")
    if not sent.code.strip():
        raise Unreadable("no alert could be used", (FieldProblem("code", "is empty"), *problems))
    if (sent.check.name, sent.check.n_pings) == _TEST_CHECK:
        return Reading(ignored="a test of the integration: it arrived, and opens nothing", problems=problems)
    if sent.status.strip().lower() in ("new", "paused"):
        return Reading(ignored="the check is neither down nor up", problems=problems)
    return Reading((_alert(sent),), problems=problems)


def _alert(sent: _HealthchecksBody) -> SentAlert:
    tags = _tags(sent.check.tags)
    name = sent.check.name or sent.check.slug or sent.check.desc or "A check without a name"
    link = _details(sent)
    return SentAlert(
        group=sent.code,
        fingerprint=text.fingerprint({"code": sent.code}),
        name=f"{name} is down",
        status="resolved" if sent.status.strip().lower() == "up" else "firing",
        summary=_silence(sent.check.last_ping),
        service=tags.get("service", ""),
        labels=text.owned({"check": sent.check.slug}, tags),
        starts_at=sent.at,
        link=link,
        links=(("check", link),),
    )


def _silence(last_ping: datetime | None) -> str:
    return f"last heard of at {last_ping:%Y-%m-%d %H:%M %Z}".rstrip() if last_ping else "not heard of"


def _details(sent: _HealthchecksBody) -> str:
    """The check's page, on the machine that has its API."""
    site = urlsplit(text.link(sent.check.update_url) or text.link(sent.check.badge_url))
    return f"{site.scheme}://{site.netloc}/checks/{sent.code}/details/" if site.netloc else ""


def _tags(tags: str) -> dict[str, str]:
    """Words with spaces between; `service:checkout` and `service=checkout` have a value."""
    pairs = (word.replace("=", ":", 1).partition(":") for word in tags.split())
    return {name: value or "true" for name, _, value in pairs if name}


EXAMPLE: JsonValue = {
    "code": "f618072a-7bde-4eee-af63-71a77c5723bc",
    "status": "down",
    "at": "2026-11-21T00:03:12+00:00",
    "check": {
        "name": "Nightly backup",
        "slug": "nightly-backup",
        "tags": "severity:critical service:database prod",
        "desc": "",
        "grace": 3600,
        "n_pings": 1042,
        "status": "down",
        "started": False,
        "last_ping": "2026-11-20T00:01:55+00:00",
        "next_ping": None,
        "manual_resume": False,
        "methods": "",
        "badge_url": "https://healthchecks.io/b/2/e3b0c442-98fc-4c14-9afb-f4c8996fb924.svg",
        "uuid": "f618072a-7bde-4eee-af63-71a77c5723bc",
        "update_url": "https://healthchecks.io/api/v3/checks/f618072a-7bde-4eee-af63-71a77c5723bc",
    },
}

SOURCE = Source(
    name="healthchecks",
    about="Healthchecks' webhook integration, with the body of docs/sources/healthchecks.md and a token as bearer.",
    translate=translate,
    is_genuine=verify.token,
    secrets="healthchecks_tokens",
    group_is="the check",
    examples={"down": EXAMPLE},
)
