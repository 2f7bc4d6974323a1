"""The keys under which vendors know our effects: unique in the world, of 255 characters at most at PagerDuty.

An incident's begin with its workflow's id, so that a webhook that brings one back finds the workflow without a look-up
in visibility, which lags.
"""

import re
from typing import Final

_INCIDENT_KEY = re.compile(r"(?P<workflow>incident-[^/]+)/(?P<incident>[^/]+)/(?P<effect>.+)")
_FOR_NOBODY: Final = "tocsin/"
_FOR_NOBODY_KEY = re.compile(r"tocsin/(test|stuck)-[^/]+/.+")
PAGE_KEYS_BEGIN: Final = ("incident-", _FOR_NOBODY)
"""How whatever `is_page_in_full` finds begins."""
_IN_FULL = re.compile(r"(incident-[^/\s]+/\d{8}-\d{4}-[a-z0-9]{1,12}|tocsin/(test-[0-9a-f]{8}|stuck-\d{8}T\d{6}))/.+")


def of_incident(workflow_id: str, incident: str, key: str) -> str:
    return f"{workflow_id}/{incident}/{key}"


def is_of(workflow_id: str, incident: str, written: str) -> bool:
    return written.startswith(of_incident(workflow_id, incident, ""))


def effect_of(workflow_id: str, incident: str, written: str) -> str:
    """The key that the incident itself knows it by; a key of anybody else as it is."""
    return written.removeprefix(of_incident(workflow_id, incident, ""))


def of_nobody(key: str) -> str:
    """Of what Tocsin sends for no incident."""
    return f"{_FOR_NOBODY}{key}"


def is_of_nobody(written: str) -> bool:
    return written.startswith(_FOR_NOBODY)


def of_test(test: str, person: str) -> str:
    """Of what `tocsin page-test` rings with."""
    return of_nobody(f"{test}/{person}")


def of_stuck(stuck: str, gravity: str, person: str) -> str:
    """Of what rings people because workflows are stuck. A graver one is another: no pager must take it for a repeat."""
    return of_nobody(f"{stuck}/{gravity}/{person}")


def workflow_of(key: str | None) -> str | None:
    """The workflow of the incident that rang with this key; None if it is not one of ours."""
    found = _INCIDENT_KEY.fullmatch(key or "")
    return found["workflow"] if found else None


def parts_of(key: str) -> tuple[str, str, str]:
    """The workflow of a key, its incident, and the key that this knows it by. Empty: it is none of ours."""
    found = _INCIDENT_KEY.fullmatch(key)
    return (found["workflow"], found["incident"], found["effect"]) if found else ("", "", "")


def is_page(key: str | None) -> bool:
    """Did Tocsin ring with this key: this one or another, for an incident or for none?"""
    return bool(workflow_of(key) or _FOR_NOBODY_KEY.fullmatch(key or ""))


def is_page_in_full(written: str) -> bool:
    """As `is_page`, of a text that may be anything: no label of others looks like that."""
    return bool(_IN_FULL.fullmatch(written))
