"""What a template may say: the values that the texts are filled with, by name."""

from typing import TypedDict


class Labelled(TypedDict):
    label: str
    url: str


class Reachable(TypedDict):
    name: str
    reach: str


class Always(TypedDict):
    id: str
    headline: str
    severity: str
    title: str
    phase: str
    date: str
    since: str
    detected: str
    elapsed: str
    reason: str
    commander: str
    roles: dict[str, str]
    tried: list[str]
    acknowledged_by: str
    resolved_by: str
    resolution: str
    flags: list[str]
    links: list[Labelled]
    told: list[str]
    by: str
    duty: str
    no_pager: bool
    home: str
    issue: str
    contacts: list[Reachable]


class Sometimes(TypedDict, total=False):
    """Left out, and so shown as `[name?]`, while they are not known."""

    service: str
    war_room: str
    impact: str
    cause: str
    mitigation_started: str
    mitigated: str
    resolved: str
    duration: str
    next_update: str
    draft: str
    draft_name: str
    duty_title: str
    items: list[str]


class Values(Always, Sometimes):
    pass
