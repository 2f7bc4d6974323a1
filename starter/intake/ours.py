"""Tocsin's own pages, which come back: as PagerDuty's webhooks, or through a program that forwards those.

A page of ours must never open an incident, which would page. They are known by the form of their key alone, so that it
does not matter whose page it is: two installations on one PagerDuty account would page about each other's pages without
end.
"""

from collections.abc import Sequence
from dataclasses import replace

from starter.sources.reading import Reading, SentAlert
from workflows.policy.keys.vendor_keys import PAGE_KEYS_BEGIN, is_page_in_full

OUR_PAGE = "one of our own pages"


def without(reading: Reading) -> Reading:
    """The alerts that are none of our pages. If none is left, there is nothing to do."""
    groups = {group for group in {alert.group for alert in reading.alerts} if _has_page(group.splitlines())}
    others = tuple(alert for alert in reading.alerts if alert.group not in groups and not _has_page(_own_keys(alert)))
    if len(others) == len(reading.alerts):
        return reading
    return replace(reading, alerts=others, ignored=reading.ignored if others else OUR_PAGE)


def _has_page(keys: Sequence[str]) -> bool:
    together = "\n".join(keys)  # hardly anything holds how a key of ours begins
    return any(begins in together for begins in PAGE_KEYS_BEGIN) and any(map(is_page_in_full, keys))


def _own_keys(alert: SentAlert) -> Sequence[str]:
    """Whoever forwards a page keeps its key: as what is the same about it (its group, too), or as a label."""
    return (alert.fingerprint, *alert.labels.values())
