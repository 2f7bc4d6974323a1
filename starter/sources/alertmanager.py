"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config

Fields that are missing or unknown are no reason to lose an alert: versions differ, and other programs send this shape.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import JsonValue, SkipValidation

from starter.sources import foreign, text, verify
from starter.sources.foreign import AnyMap, AnyText, FiringOrResolved, Foreign, PositiveCount, SentLabels
from starter.sources.reading import FieldProblem, LabelledLinks, Reading, SentAlert, Webhook
from starter.sources.several import Several, several
from starter.sources.source import Source

_REPLICA = re.compile(r"//(?:[0-9a-f]{12}|(?P<set>[^/:.]+)-[0-9a-f]{8,10}-[a-z0-9]{5})(?=[:/]|$)", re.IGNORECASE)
"""An address that a container has made up for itself (`//4f1c2a9b8d7e:9093`): after a restart it has another, and
speaks of the same groups."""
NO_KEY = FieldProblem("groupKey", "is missing: each alert is an incident of its own, by its name and labels")
CUT_OFF = FieldProblem(
    "groupKey", "was cut off, with all that stands behind the alerts: they are one incident, by the labels they share"
)


class Notice(Foreign):
    """One alert of a body. Grafana sends the same, and more."""

    labels: SentLabels
    annotations: SentLabels = {}
    status: FiringOrResolved | None = None
    startsAt: datetime | None = None  # noqa: N815 (Alertmanager's own spelling)
    endsAt: datetime | None = None  # noqa: N815
    generatorURL: str = ""  # noqa: N815
    fingerprint: str = ""


class Body(Foreign):
    uncut = ("alerts",)  # `several` bounds them

    alerts: list[SkipValidation[JsonValue]]  # it is JSON already, and is looked at alert by alert
    status: AnyText = ""
    receiver: AnyText = ""
    groupKey: AnyText = ""  # noqa: N815
    groupLabels: AnyMap = {}  # noqa: N815
    truncatedAlerts: PositiveCount = 0  # noqa: N815
    externalURL: AnyText = ""  # noqa: N815

    def group(self, labels: Mapping[str, str]) -> str:
        """Alertmanager's own name for what it notifies about together (`grouped`). Others send its shape and have no
        groups: a severity changes while an alert fires, and tells no alert from another."""
        if self.groupKey:
            return self.groupKey
        return json.dumps({name: value for name, value in labels.items() if name != "severity"}, sort_keys=True)


B = TypeVar("B", bound=Body)


def translate(webhook: Webhook) -> Reading:
    """One delivery is one group of alerts. Raises Unreadable when no alert in it can be used."""
    sent, _ = foreign.read(Body, webhook.body, "an Alertmanager webhook")
    found = usable(Notice, sent.alerts)
    sent, ungrouped = grouped(sent, found.good, webhook)
    return Reading(
        alerts=tuple(alert(each, sent, links(each)) for each in found.good),
        tenant=tenant(webhook, sent, sent.receiver),
        truncated=sent.truncatedAlerts + found.left_out,
        ended_at=ended_at(sent, found.good) if webhook.whole else None,
        problems=found.problems,
        ungrouped=ungrouped,
        unusable=found.unusable,
    )


def grouped(sent: B, listed: Sequence[Notice], webhook: Webhook) -> tuple[B, tuple[FieldProblem, ...]]:
    """The body with a group, and what is to be said about it: without a key its labels are the group. Go writes
    `alerts` first and `groupKey` last: of a body that is too long the name of the group is lost, and its alerts would
    be as many incidents."""
    if sent.groupKey:
        return sent, ()
    if sent.groupLabels:  # written once, and not for each of a thousand alerts
        return sent.model_copy(update={"groupKey": json.dumps(sent.groupLabels, sort_keys=True)}), ()
    if webhook.whole:
        return sent, (NO_KEY,)
    shared = set.intersection(*(set(each.labels.items()) for each in listed))
    key = {name: value for name, value in sorted(shared) if name != "severity"}
    return sent.model_copy(update={"groupKey": json.dumps(key)}), (CUT_OFF,)


def tenant(webhook: Webhook, sent: Body, receiver: str) -> str:
    """Two clusters with one configuration have the same receivers and groups. `?installation=` tells them apart, or
    else the address that each has for people."""
    where = webhook.installation or _REPLICA.sub(r"//\g<set>", sent.externalURL.rstrip("/"))
    return f"{where}\n{receiver}" if where else receiver


def ended_at(body: Body, listed: Sequence[Notice]) -> datetime | None:
    """A group that has resolved, with nothing left out, has ended as a whole. Alertmanager lists only what it
    remembers: after its restart not what it had told before. Nothing says when it sent this: not before the last end
    that it lists, so that an older delivery that comes late ends nothing that began after that.
    """
    if body.status != "resolved" or body.truncatedAlerts:
        return None
    known = [moment for each in listed if (moment := _known(each.endsAt) or _known(each.startsAt))]
    return max(known, default=None)


def _known(moment: datetime | None) -> datetime | None:
    """Go writes a time that it does not know as year 1."""
    if moment is None or moment.year < 1980:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def usable(model: type[foreign.F], alerts: Sequence[JsonValue]) -> Several[foreign.F]:
    """Those that can be read. Raises Unreadable if there are none."""
    return several(alerts, ("alerts",), lambda sent, path: foreign.understand(model, sent, "an alert", path))


def alert(sent: Notice, body: Body, links: LabelledLinks) -> SentAlert:
    return SentAlert(
        group=body.group(sent.labels),
        fingerprint=sent.fingerprint.strip() or text.fingerprint(sent.labels),
        status=sent.status or ("resolved" if foreign.lower(body.status) == "resolved" else "firing"),
        name=name(sent),
        summary=summary(sent) if sent.labels.get("alertname") else "",
        starts_at=sent.startsAt,
        labels=sent.labels,
        link=sent.generatorURL,
        links=links,
    )


def summary(sent: Notice) -> str:
    return annotation(sent.annotations, "summary", "description", "message")


def name(sent: Notice) -> str:
    """What people call it; without a name, what is seen, or at least where."""
    return sent.labels.get("alertname") or summary(sent) or annotation(sent.annotations, "title") or where(sent.labels)


def where(labels: Mapping[str, str]) -> str:
    shown = [
        f"{label} {labels[label]}"
        for label in ("service", "job", "namespace", "instance", "cluster")
        if labels.get(label)
    ]
    shown = shown or [f"{label} {value}" for label, value in sorted(labels.items()) if label != "severity"]
    return f"Trouble with {', '.join(shown[:3])}" if shown else ""


def links(sent: Notice) -> LabelledLinks:
    return (
        ("runbook", annotation(sent.annotations, "runbook_url")),
        ("dashboard", annotation(sent.annotations, "dashboard_url", "dashboard")),
        ("graph", sent.generatorURL),
    )


def annotation(annotations: Mapping[str, str], *names: str) -> str:
    """The first of these that is there."""
    for name in names:
        if said := annotations.get(name):
            return said
    return ""


EXAMPLE: JsonValue = {
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "receiver": "tocsin",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
            "annotations": {"summary": "Error ratio 20% on checkout", "runbook_url": "https://wiki.example.com/errors"},
            "startsAt": "2026-11-21T00:03:12.494Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.com/graph?g0.expr=errors",
            "fingerprint": "8c4a2503f33a8199",
        }
    ],
}

SOURCE = Source(
    name="alertmanager",
    about="Alertmanager's webhook, version 4. A token goes into `http_config.authorization.credentials`. "
    "`?installation=name` keeps several installations apart, which otherwise their external URLs do.",
    translate=translate,
    is_genuine=verify.token,
    secrets="alertmanager_tokens",
    group_is="Alertmanager, its receiver and groupKey: the same for every delivery of this group of alerts",
    examples={"firing": EXAMPLE},
)
