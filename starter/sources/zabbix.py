"""Zabbix, through the webhook media type of docs/sources/zabbix.md: what is sent is what its script fills in.

https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook
"""

import json
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source
from workflows.policy.runbook.names import Meaning

NUMBERED: dict[str, Meaning] = {"5": "sev1", "4": "sev2", "3": "sev3", "2": "sev4", "1": "ignore"}
"""Disaster, High, Average, Warning, Information: here a warning is less than average. Not classified (0) means what the
runbook's default means."""


def _filled_in(value: object) -> object:
    """Zabbix leaves a macro that it has no value for as it stands, or says that it is unknown."""
    return "" if isinstance(value, str) and (value.startswith("{") or value == "*UNKNOWN*") else value


Macro = Annotated[str, BeforeValidator(_filled_in)]


class _ZabbixBody(Foreign):
    uncut = ("tags",)  # JSON, of which the first labels are kept

    event: str
    value: Macro = ""
    trigger: Macro = ""
    name: Macro = ""
    severity: Macro = ""
    severity_number: Macro = ""
    host: Macro = ""
    operational_data: Macro = ""
    since: datetime | None = None
    tags: str = ""
    zabbix: Macro = ""
    runbook_url: Macro = ""


def translate(webhook: Webhook) -> Reading:
    """One delivery is one problem. Raises Unreadable without the event's id."""
    sent, problems = foreign.read(_ZabbixBody, webhook.body, "what the script of docs/sources/zabbix.md sends")
    if not sent.event.strip():
        raise Unreadable("no alert could be used", (FieldProblem("event", "is empty"), *problems))
    if sent.event == "{EVENT.ID}":
        return Reading(ignored="a test of the media type: it arrived, and opens nothing", problems=problems)
    return Reading((_alert(sent),), tenant=sent.zabbix, problems=problems)


def _alert(sent: _ZabbixBody) -> SentAlert:
    tags = _tags(sent.tags)
    link = _link(sent)
    severity = "" if sent.severity_number == "0" else sent.severity
    known = {"host": sent.host, "trigger": sent.trigger, "severity": severity}
    return SentAlert(
        group=sent.trigger or f"event/{sent.event}",
        fingerprint=text.fingerprint({"event": sent.event}),
        name=sent.name or "Zabbix problem",
        status="resolved" if sent.value == "0" else "firing",
        summary=" ".join(part for part in (sent.host, sent.operational_data) if part),
        severity=severity,
        severity_otherwise=NUMBERED.get(sent.severity_number),
        service=tags.get("service", ""),
        labels=text.owned(known, tags),
        starts_at=sent.since,
        link=link,
        links=(("runbook", sent.runbook_url), ("problem", link)),
    )


def _link(sent: _ZabbixBody) -> str:
    if not (sent.zabbix and sent.trigger):
        return ""
    return f"{sent.zabbix.rstrip('/')}/tr_events.php?triggerid={sent.trigger}&eventid={sent.event}"


def _tags(sent: str) -> dict[str, str]:
    """`{EVENT.TAGSJSON}`: `[{"tag": "service", "value": "checkout"}, ...]`; whatever is not such a list is left out."""
    try:
        tags = json.loads(sent)
    except (ValueError, RecursionError):
        return {}
    pairs = [(tag.get("tag"), tag.get("value")) for tag in tags if isinstance(tag, dict)] if _is_list(tags) else []
    return {name: value or "true" for name, value in pairs if isinstance(name, str) and isinstance(value, str) and name}


def _is_list(value: object) -> bool:
    return isinstance(value, list)


EXAMPLE: dict[str, JsonValue] = {
    "event": "18452",
    "value": "1",
    "trigger": "16199",
    "name": "Checkout answers with HTTP 500",
    "severity": "Disaster",
    "severity_number": "5",
    "host": "web-1",
    "operational_data": "error ratio: 20 %",
    "since": "2026-11-21T00:03:12Z",
    "tags": '[{"tag":"service","value":"checkout"},{"tag":"scope","value":"availability"}]',
    "zabbix": "https://zabbix.example.com",
    "runbook_url": "https://wiki.example.com/checkout",
}

SOURCE = Source(
    name="zabbix",
    about="Zabbix, through a webhook media type with the script of docs/sources/zabbix.md, which presents a token.",
    translate=translate,
    is_genuine=verify.token,
    secrets="zabbix_tokens",
    group_is="the Zabbix and its trigger; each problem of the trigger is an alert of its own",
    examples={"problem": EXAMPLE, "recovery": {**EXAMPLE, "value": "0"}},
)
