"""Uptime Kuma's webhook, which says that a monitor went down or came up, and tries once.

https://github.com/louislam/uptime-kuma: `server/notification-providers/webhook.js` and `server/model/monitor.js`
"""

from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

KUMA_STATUSES: dict[int, Literal["firing", "resolved"]] = {0: "firing", 1: "resolved"}
NEUTRAL_STATUSES = {2: "pending: it is tried again before it counts as down", 3: "under maintenance"}


class _KumaHeartbeat(Foreign):
    monitorID: str = ""  # noqa: N815 (Uptime Kuma's own spelling)
    status: int | None = None
    time: datetime | None = None
    msg: str = ""
    important: bool | None = None
    """It changes what was known of the monitor; False: told again."""


class _Tag(Foreign):
    name: str = ""
    value: str = ""


class _Monitor(Foreign):
    id: str = ""
    name: str = ""
    pathName: str = ""  # noqa: N815
    description: str = ""
    url: str = ""
    hostname: str = ""
    type: str = ""
    tags: list[_Tag] = []


class _UptimeKumaBody(Foreign):
    msg: str = ""
    heartbeat: _KumaHeartbeat | None = None
    monitor: _Monitor = _Monitor()


def translate(webhook: Webhook) -> Reading:
    """One delivery is one monitor. Raises Unreadable when it does not say of which."""
    sent, problems = foreign.read(_UptimeKumaBody, webhook.body, "an Uptime Kuma webhook")
    if sent.heartbeat is None:
        if sent.monitor.id or not sent.msg:
            raise Unreadable("no alert could be used", (FieldProblem("heartbeat", "is missing"), *problems))
        return Reading(
            ignored="no monitor went down: a test, or a notice that something will expire", problems=problems
        )
    monitor = sent.heartbeat.monitorID or sent.monitor.id
    if not monitor:
        raise Unreadable("no alert could be used", (FieldProblem("heartbeat.monitorID", "is missing"), *problems))
    if why := NEUTRAL_STATUSES.get(sent.heartbeat.status or 0):
        return Reading(ignored=f"the monitor is {why}", problems=problems)
    # Monitors are numbered from 1 everywhere, and nothing in the body tells one installation from another.
    return Reading((_alert(monitor, sent, sent.heartbeat),), tenant=webhook.installation, problems=problems)


def _alert(monitor: str, sent: _UptimeKumaBody, heartbeat: _KumaHeartbeat) -> SentAlert:
    known = {"monitor": sent.monitor.name, "type": sent.monitor.type, "host": sent.monitor.hostname}
    tags = {tag.name: tag.value or "true" for tag in sent.monitor.tags if tag.name}
    name = sent.monitor.pathName or sent.monitor.name or sent.monitor.hostname or _host(sent.monitor.url)
    return SentAlert(
        group=monitor,
        fingerprint=text.fingerprint({"monitor": monitor}),
        name=f"{name} is down" if name else sent.msg or f"Monitor {monitor} is down",
        # What is not known is down: a page too many is the smaller harm.
        status=KUMA_STATUSES.get(heartbeat.status or 0, "firing"),
        summary=heartbeat.msg or sent.msg,
        service=tags.get("service", ""),
        labels=text.owned(known, tags),
        starts_at=heartbeat.time,
        dated=heartbeat.important is not False,  # "Resend Notification if Down X times" has the time of its own beat
        link=sent.monitor.url,
        links=(("what is watched", sent.monitor.url),),
    )


def _host(url: str) -> str:
    return urlsplit(text.link(url)).hostname or ""


EXAMPLE: dict[str, JsonValue] = {
    "heartbeat": {
        "monitorID": 7,
        "status": 0,
        "time": "2026-11-21 00:03:12.494",
        "msg": "Request failed with status code 503",
        "ping": None,
        "important": True,
        "duration": 60,
        "timezone": "Europe/Berlin",
        "timezoneOffset": "+01:00",
        "localDateTime": "2026-11-21 01:03:12",
    },
    "monitor": {
        "id": 7,
        "name": "Checkout",
        "pathName": "Shop / Checkout",
        "url": "https://shop.example.com/checkout",
        "hostname": None,
        "type": "http",
        "interval": 60,
        "tags": [{"tag_id": 1, "monitor_id": 7, "name": "severity", "value": "critical", "color": "#DC2626"}],
    },
    "msg": "[Checkout] [🔴 Down] Request failed with status code 503",
}

SOURCE = Source(
    name="uptime-kuma",
    about="Uptime Kuma's webhook, as `application/json`, with a token in its additional headers. Maintenance, pending "
    "checks, tests and expiry notices open nothing. `?installation=name` keeps several installations apart.",
    translate=translate,
    is_genuine=verify.token,
    secrets="uptime_kuma_tokens",
    group_is="the installation, as its address names it, and Uptime Kuma's monitor",
    examples={"down": EXAMPLE},
)
