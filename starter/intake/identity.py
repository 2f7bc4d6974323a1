"""The workflow id under which alerts of a group find their incident, whichever gateway they come to."""

import hashlib
import json
import re
from typing import Final

from workflows.policy.keys.slugs import slug

BY_LABELS: Final = "by "
"""How a group's name begins that the runbook groups by labels: these follow, as JSON."""
_QUOTED_VALUE: Final = re.compile(r'(?:=|": )"((?:[^"\\]|\\.)+)"')
"""Of `{}:{alertname="Down"}` and `{"alertname": "Down"}`."""


def workflow_id(source: str, tenant: str, group: str, shown: str | None = None) -> str:
    """Where alerts of a group find their incident: the same for ever, whoever computes it, with no look-up.

    `shown`: the group as it may be read by everybody, if that differs. The words are for people; what tells two
    groups apart is the hash, which is short only where the words say nearly all of it (ADR 2).
    """
    words, is_all = slug(_readable(group if shown is None else shown))
    digits = 8 if is_all and shown in (None, group) else 20
    return "-".join(filter(None, ("incident", source, words, _hashed(source, tenant, group)[:digits])))


def tag(source: str, tenant: str, group: str) -> str:
    """A sender's group, as short as an incident can keep it with each of its alerts."""
    return _hashed(source, tenant, group)[:10]


def _readable(group: str) -> str:
    """The values of the labels, where it is made of such."""
    if group.startswith(BY_LABELS):
        try:
            return " ".join(str(value) for _, value in json.loads(group.removeprefix(BY_LABELS)))
        except (ValueError, TypeError):
            return group
    return " ".join(_QUOTED_VALUE.findall(group.rpartition(":{")[2])) or group


def _hashed(source: str, tenant: str, group: str) -> str:
    name = "\0".join((source, tenant, group))
    # A lone surrogate is no UTF-8, and still a name.
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
