"""Alertmanager's bodies, as version 0.33 writes them, for so many incidents."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

ACCEPTED: Final = 202


class Bodies(BaseModel):
    """The body of request number n goes to incident n modulo `incidents`."""

    model_config = ConfigDict(frozen=True)
    path: ClassVar = "/webhooks/alertmanager"
    accepted: ClassVar = ACCEPTED

    name: str
    """Tells the incidents of one measurement from those of another."""
    incidents: int | None = None
    """None: each request is an incident of its own."""
    alerts: int = 1
    """In one body."""
    variants: int = 1
    """So many different bodies an incident gets in turn, with different alerts in each."""

    def headers(self, _: bytes) -> Sequence[str]:
        return "User-Agent: Alertmanager/0.33.1", "Content-Type: application/json"

    def of(self, number: int) -> bytes:
        if self.incidents is None:
            return _body(f"{self.name}-{number}", 0, self.alerts)
        return _repeated(
            f"{self.name}-{number % self.incidents}", number // self.incidents % self.variants, self.alerts
        )


def _body(group: str, variant: int, alerts: int) -> bytes:
    labels = {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical", "group": group}
    body = {
        "receiver": "tocsin",
        "status": "firing",
        "alerts": [_alert(labels, group, variant * alerts + number) for number in range(alerts)],
        "groupLabels": {"alertname": "HighErrorRate", "group": group},
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.com:9093",
        "version": "4",
        "groupKey": f'{{}}:{{alertname="HighErrorRate", group="{group}"}}',
        "truncatedAlerts": 0,
    }
    return json.dumps(body).encode()


_repeated = lru_cache(maxsize=4096)(_body)


def _alert(labels: dict[str, str], group: str, number: int) -> dict[str, object]:
    instance = f"10.0.{number // 250}.{number % 250}:9100"
    return {
        "status": "firing",
        "labels": {**labels, "instance": instance, "job": "api", "cluster": "eu-1", "team": "payments"},
        "annotations": {
            "summary": f"Error ratio 20% on {instance} of {group}",
            "description": f"{instance} answers one request in five with an error, for ten minutes now.",
            "runbook_url": "https://runbooks.example.com/high-error-rate",
        },
        "startsAt": "2026-11-21T00:03:12.494Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=error_ratio+%3E+0.05&g0.tab=1",
        "fingerprint": f"{number:016x}",
    }
