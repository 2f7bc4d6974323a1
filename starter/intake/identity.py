"""The workflow id under which alerts of a group find their incident, whichever gateway they come to."""

import hashlib


def workflow_id(source: str, tenant: str, group: str) -> str:
    """Where alerts of a group find their incident: the same for ever, whoever computes it, with no look-up."""
    return f"incident-{source}-{_hashed(source, tenant, group)[:20]}"


def tag(source: str, tenant: str, group: str) -> str:
    """A sender's group, as short as an incident can keep it with each of its alerts."""
    return _hashed(source, tenant, group)[:10]


def _hashed(source: str, tenant: str, group: str) -> str:
    name = "\0".join((source, tenant, group))
    # A lone surrogate is no UTF-8, and still a name.
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
