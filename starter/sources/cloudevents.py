"""CloudEvents 1.0 over HTTP, in structured, binary and batched mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md

An event says where something happened and what kind of thing it was; what it means, its `data` may say, in the words of
`/webhooks/generic`, each of which an attribute can stand in for.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, JsonValue

from starter.runbooks.problems import written
from starter.sources import foreign, text, verify
from starter.sources.foreign import AnyText, Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.several import FieldPath, Several, several
from starter.sources.source import Source
from workflows.policy.incident.alert import Ends

HAVE_ENDS = ("firing", "triggered", "opened", "alerting", "down", "detected", "reported", "activated")
"""Words for a state, which ends. The others of `FIRING_WORDS` say that something happened, as do events without such a
word: their sender may never say that it is over."""
ENDING_WORDS = ("resolved", "recovered", "closed", "ended", "cleared", "deactivated", "healthy", "ok", "up")
FIRING_WORDS = (
    "firing",
    "triggered",
    "opened",
    "created",
    "failed",
    "alerting",
    "down",
    "detected",
    "reported",
    "activated",
)
ACTS_OF_PEOPLE = ("acknowledged", "unacknowledged", "acked", "assigned", "annotated", "commented", "snoozed")
"""What people do to what is open there already."""
_VERSION = re.compile(r"[._/:-]v?\d+(?:[._-](?:\d+|alpha\d*|beta\d*|draft))*$", re.IGNORECASE)
"""CDEvents' types end in it: `dev.cdevents.incident.resolved.0.3.0`."""
_LONGEST_VERSION = 60
"""Characters."""
_LAST_WORD = re.compile(r"(?:^|[._/:-])(?P<word>[A-Za-z]+)$")
_SEVERITY_NUMBERS = ("trace", "debug", "info", "warn", "error", "fatal")
"""Of `severitynumber`, four numbers each:
https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/severity.md
"""
_PREFIX = "ce-"


class _CloudEventData(Foreign):
    """What `GenericAlert` has. Everything can be done without."""

    key: AnyText = ""
    group: AnyText = ""
    title: AnyText = ""
    message: AnyText = ""
    summary: AnyText = ""
    status: AnyText = ""
    severity: AnyText = ""
    service: AnyText = ""
    link: AnyText = ""
    runbook_url: AnyText = ""
    starts_at: datetime | None = None
    labels: foreign.SentLabels = {}
    ends: AnyText = ""


def _number(value: object) -> object:
    """In a header it is a text; what is no number says nothing."""
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else 0


class _CloudEvent(Foreign):
    uncut = ("data", "data_base64")  # read as `_CloudEventData`

    specversion: str
    id: str
    source: str
    type: str
    subject: str = ""
    time: datetime | None = None
    severity: AnyText = ""
    severitytext: AnyText = ""
    severitynumber: Annotated[int, BeforeValidator(_number)] = 0
    data: JsonValue = None
    data_base64: AnyText = ""


def translate(webhook: Webhook) -> Reading:
    """Raises Unreadable when no event in it can be used."""
    found = _events(webhook)
    good = [(event, alert) for event, alert in found.good if not _is_by_hand(event)]
    by_hand = "somebody acknowledged it there, or worked on it: that neither opens nor ends anything"
    delivery = "\n".join(f"{event.source} {event.id}" for event, _ in good)
    return Reading(
        tuple(alert for _, alert in good),
        truncated=found.left_out,
        problems=found.problems,
        unusable=found.unusable,
        delivery_id=text.fingerprint({"events": delivery}) if good else "",
        ignored="" if good else by_hand,
    )


def _events(webhook: Webhook) -> Several[tuple[_CloudEvent, SentAlert]]:
    """Whatever the mode. Raises Unreadable."""
    if f"{_PREFIX}specversion" in webhook.headers:
        return _one(_attributes(webhook.headers) | {"data": foreign.json(webhook.body) if webhook.body else None})
    sent = foreign.json(webhook.body)
    return several(sent, (), _read) if isinstance(sent, list) else _one(sent)


def _one(sent: JsonValue) -> Several[tuple[_CloudEvent, SentAlert]]:
    read, problems = _read(sent, ())
    return Several((read,), problems, (), 0)


def _read(sent: JsonValue, path: FieldPath) -> tuple[tuple[_CloudEvent, SentAlert], tuple[FieldProblem, ...]]:
    """Raises Unreadable."""
    event, wrong = foreign.understand(_CloudEvent, sent, "a CloudEvent", path)
    alert, wrong_data = _alert(event, path)
    return (event, alert), (*wrong, *wrong_data)


def _attributes(headers: Mapping[str, str]) -> dict[str, JsonValue]:
    """Binary mode: each attribute is a header, what is not printable ASCII percent-encoded."""
    return {name.removeprefix(_PREFIX): unquote(value) for name, value in headers.items() if name.startswith(_PREFIX)}


def _alert(event: _CloudEvent, path: FieldPath) -> tuple[SentAlert, tuple[FieldProblem, ...]]:
    data, problems = _data(event, path)
    kind, status = _status(event.type)
    key = data.key or event.subject or kind
    field, severity = _severity(event, data)
    alert = SentAlert(
        group=f"{event.source}\n{data.group or key}",
        fingerprint=text.fingerprint({"source": event.source, "key": key}),
        name=data.title or data.message or data.summary or _in_words(kind, event),
        status=_status(data.status)[1] or status or "firing",
        summary=(data.summary if data.title or data.message else "") or (data.message if data.title else ""),
        severity=severity,
        severity_field=written((*path, *(("data",) if data.severity else ()), field)),
        service=data.service,
        labels=text.owned({"source": event.source, "type": event.type}, data.labels),
        starts_at=data.starts_at or event.time,
        dated=data.starts_at is not None,  # `time` is the event's own, and a repeat is an event of its own
        ends=_ends(event, data),
        link=data.link or event.source,
        links=(("runbook", data.runbook_url), ("link", data.link), ("source", event.source)),
    )
    return alert, problems


def _ends(event: _CloudEvent, data: _CloudEventData) -> Ends:
    if data.ends in ("by-sender", "never"):
        return "never" if data.ends == "never" else "by-sender"
    words = set(re.split(r"[._/:-]", event.type.lower()))
    return "by-sender" if _status(data.status)[1] or words & {*HAVE_ENDS, *ENDING_WORDS} else "never"


def _data(event: _CloudEvent, path: FieldPath) -> tuple[_CloudEventData, tuple[FieldProblem, ...]]:
    data = event.data if event.data is not None else _decoded(event.data_base64)
    if not isinstance(data, dict):
        return _CloudEventData(message=data if isinstance(data, str) else ""), ()
    return foreign.understand(_CloudEventData, data, "a CloudEvent", (*path, "data"))


def _decoded(data: str) -> JsonValue:
    """`data_base64`, if it is JSON in disguise. What is not is somebody else's."""
    try:
        return foreign.json(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError, Unreadable):
        return None


def _severity(event: _CloudEvent, data: _CloudEventData) -> tuple[str, str]:
    """After the name of the field that says it."""
    if said := data.severity or event.severity:
        return "severity", said
    if event.severitytext:
        return "severitytext", event.severitytext
    number = event.severitynumber
    return "severitynumber", _SEVERITY_NUMBERS[min((number - 1) // 4, len(_SEVERITY_NUMBERS) - 1)] if number else ""


def _in_words(kind: str, event: _CloudEvent) -> str:
    """`com.example.disk` about sda, from https://monitor.example.com: "disk: sda, says monitor.example.com"."""
    last = re.split(r"[./:]", kind)[-1].replace("_", " ").replace("-", " ") or "event"
    what = f"{last}: {event.subject}" if event.subject else last
    sender = urlsplit(text.link(event.source)).hostname or event.source
    return f"{what}, says {sender}"


def _is_by_hand(event: _CloudEvent) -> bool:
    status = event.data.get("status") if isinstance(event.data, dict) else None
    return any(_last(word)[1] in ACTS_OF_PEOPLE for word in (event.type, status) if isinstance(word, str))


def _status(word: str) -> tuple[str, Literal["firing", "resolved"] | None]:
    """What the last part of a dotted word says, and the rest of it: `com.example.alert.resolved`."""
    rest, last = _last(word)
    if last in ENDING_WORDS and not rest.lower().endswith("not"):
        return rest, "resolved"
    return (rest, "firing") if last in FIRING_WORDS else (_unversioned(word), None)


def _last(word: str) -> tuple[str, str]:
    """What stands before the last word, and that, less the version after it."""
    plain = _unversioned(word)
    found = _LAST_WORD.search(plain)
    return (plain[: found.start()], found["word"].lower()) if found else (plain, "")


def _unversioned(word: str) -> str:
    """Looked for at its end only: in a long text of dots and digits the search would go on for minutes."""
    word = word.strip()
    return word[:-_LONGEST_VERSION] + _VERSION.sub("", word[-_LONGEST_VERSION:])


EXAMPLE: dict[str, JsonValue] = {
    "specversion": "1.0",
    "id": "A234-1234-1234",
    "source": "https://monitor.example.com/checkout",
    "type": "com.example.alert.firing",
    "subject": "checkout-errors",
    "time": "2026-11-21T00:03:12.494Z",
    "datacontenttype": "application/json",
    "data": {
        "title": "Checkout fails for one in five customers",
        "summary": "HTTP 500 from the payment service",
        "severity": "sev1",
        "service": "checkout",
        "starts_at": "2026-11-21T00:03:12Z",
        "link": "https://dashboards.example.com/checkout",
        "labels": {"region": "eu-1"},
    },
}

SOURCE = Source(
    name="cloudevents",
    about="CloudEvents 1.0 in structured (`application/cloudevents+json`), binary (`ce-...` headers) and batched mode. "
    "A bearer token, or an address that ends in `?access_token=`.",
    translate=translate,
    is_genuine=verify.any_of(verify.token, verify.in_query("access_token")),
    secrets="cloudevents_tokens",
    group_is="the event's `source`, and in it `data.group`, `data.key`, the `subject`, or the `type`: the first it has",
    examples={
        "structured": EXAMPLE,
        "its end": {**EXAMPLE, "id": "A234-1234-1235", "type": "com.example.alert.resolved"},
        "batched": [EXAMPLE],
    },
)
