"""Datadog's webhooks, with the payload that docs/sources/datadog.md asks for: the default one has no transition.

https://docs.datadoghq.com/integrations/webhooks/
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

RECOVERED = "recovered"
WARNS = ("warn", "re-warn")
"""The monitor's lesser threshold, which its priority does not speak of."""
_TEST_TITLE = re.compile(r"\s*\[test\]", re.IGNORECASE)
_TITLE_PREFIX = re.compile(
    r"\[(?:P[1-5]|(?:re-)?(?:triggered|warn|no data)|recovered|renotify)(?: on \{[^}]*\})?\]\s*", re.IGNORECASE
)
"""What Datadog puts before a monitor's name."""
DATADOG_PAYLOAD: dict[str, str] = {
    "monitor": "$ALERT_ID",
    "transition": "$ALERT_TRANSITION",
    "scope": "$ALERT_SCOPE",
    "title": "$ALERT_TITLE",
    "status": "$ALERT_STATUS",
    "message": "$TEXT_ONLY_MSG",
    "priority": "$ALERT_PRIORITY",
    "metric": "$ALERT_METRIC",
    "tags": "$TAGS",
    "link": "$LINK",
    "at": "$DATE",
    "event": "$ID",
    "cycle": "$ALERT_CYCLE_KEY",
    "organization": "$ORG_ID",
}
"""What to paste into the webhook's payload field."""


def _filled_in(value: object) -> object:
    """Datadog leaves a variable that it has no value for as it stands, or writes null."""
    return (
        "" if isinstance(value, str) and (value.startswith("$") or value.lower() in ("null", "none", "n/a")) else value
    )


Variable = Annotated[str, BeforeValidator(_filled_in)]


class _DatadogBody(Foreign):
    monitor: Variable
    transition: Variable
    scope: Variable = ""
    title: Variable = ""
    status: Variable = ""
    message: Variable = ""
    priority: Variable = ""
    metric: Variable = ""
    tags: Variable = ""
    link: Variable = ""
    at: Variable = ""
    event: Variable = ""
    cycle: Variable = ""
    organization: Variable = ""


def translate(webhook: Webhook) -> Reading:
    """One delivery is one alert. Raises Unreadable without monitor and transition."""
    sent, problems = foreign.read(_DatadogBody, webhook.body, "what docs/sources/datadog.md says to paste")
    for field in ("monitor", "transition"):
        if not getattr(sent, field):
            raise Unreadable("Datadog filled in too little", (FieldProblem(field, "is empty"), *problems))
    if _TEST_TITLE.match(sent.title) or sent.transition.strip().lower() == "test":
        return Reading(
            ignored="a test of the monitor's notifications: it arrived, and opens nothing", problems=problems
        )
    return Reading((_alert(sent),), tenant=sent.organization, problems=problems, delivery_id=sent.event)


def _alert(sent: _DatadogBody) -> SentAlert:
    scope = _scope(sent.scope)
    tags = {**_tags(",".join(part for part in scope.split(",") if ":" in part)), **_tags(sent.tags)}
    own = {"monitor": sent.monitor, "transition": sent.transition, "scope": sent.scope}
    field, severity = _severity(sent)
    return SentAlert(
        # Each scope of a monitor fires and recovers by itself; without one, from firing to recovery the cycle is it.
        group=f"{sent.monitor}\n{scope or sent.cycle}",
        fingerprint=text.fingerprint({"monitor": sent.monitor, "scope": scope}),
        name=_title(sent),
        status="resolved" if sent.transition.strip().lower() == RECOVERED else "firing",
        summary=sent.status or sent.message,
        severity=severity,
        severity_field=field,
        service=tags.get("service", ""),
        labels=text.owned(own, tags),
        starts_at=_time(sent.at),
        dated=not sent.transition.strip().lower().startswith("re"),  # `Re-Triggered` comes with a date of its own
        link=sent.link,
        links=(("monitor", sent.link),),
    )


def _scope(scope: str) -> str:
    """In an order of its own: it is a list."""
    return ",".join(sorted(part.strip() for part in scope.split(",") if part.strip()))


def _severity(sent: _DatadogBody) -> tuple[str, str]:
    """A warning is no more than a warning, whatever the priority of the monitor's alert."""
    if sent.transition.strip().lower() in WARNS and sent.priority.strip().lower() not in ("p4", "p5"):
        return "transition", "warning"
    return "priority", sent.priority


def _title(sent: _DatadogBody) -> str:
    name = title = sent.title.strip()
    while (found := _TITLE_PREFIX.match(name)) is not None:
        name = name[found.end() :]
    name = name or title or f"Datadog monitor {sent.monitor}"
    return name if sent.scope in ("", "*") or sent.scope in name else f"{name} ({sent.scope})"


def _tags(tags: str) -> dict[str, str]:
    """`env:prod, service:checkout, urgent`: the last is one without a value."""
    pairs = (tag.strip().partition(":") for tag in tags.split(","))
    return {name: value or "true" for name, _, value in pairs if name}


def _time(milliseconds: str) -> datetime | None:
    if not (milliseconds.isascii() and milliseconds.isdecimal() and len(milliseconds) <= 13):
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


EXAMPLE: dict[str, JsonValue] = {
    "monitor": "4711",
    "transition": "Triggered",
    "scope": "env:prod,service:checkout",
    "title": "Checkout: error rate is high",
    "status": "avg(last_5m):sum:checkout.errors > 5",
    "message": "Customers cannot pay.",
    "priority": "P1",
    "metric": "checkout.errors",
    "tags": "env:prod, monitor, service:checkout, team:shop",
    "link": "https://app.datadoghq.com/monitors/4711?group=env%3Aprod",
    "at": "1795219392000",
    "event": "7895041254391254107",
    "cycle": "2349871239847",
    "organization": "120034",
}

SOURCE = Source(
    name="datadog",
    about="Datadog's webhooks, with the payload of docs/sources/datadog.md and a token in the custom headers.",
    translate=translate,
    is_genuine=verify.token,
    secrets="datadog_tokens",
    group_is="Datadog's organization and monitor, and its scope",
    examples={"triggered": EXAMPLE, "recovered": {**EXAMPLE, "transition": "Recovered"}},
)
