"""Tocsin's own pages, which come back by many ways: as PagerDuty's webhooks, or through whatever forwards those.

A page of ours must never open an incident, which would page. They are known by the form of their key alone, so that it
does not matter whose page it is: two installations on one PagerDuty account would page about each other's pages without
end.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from starter.sources.reading import Reading, SentAlert

PAGE = "one of our own pages"
_KEY = re.compile(r"(incident-[^/\s]+/\d{8}-\d{4}-[a-z0-9]{1,12}|tocsin/test-[0-9a-f]{8})/.+")
"""`Incident.vendor_key`, and what `tocsin page-test` rings with: in full, so that no label of others looks like it."""


def without(reading: Reading) -> Reading:
    """The alerts that are none of our pages. If none is left, there is nothing to do."""
    others = tuple(alert for alert in reading.alerts if not any(map(_KEY.fullmatch, _keys(alert))))
    if len(others) == len(reading.alerts):
        return reading
    return replace(reading, alerts=others, ignored=reading.ignored if others else PAGE)


def _keys(alert: SentAlert) -> Iterable[str]:
    """Whoever forwards a page keeps its key: as what is the same about it, or as a label."""
    return (*alert.group.splitlines(), alert.fingerprint, *alert.labels.values())
