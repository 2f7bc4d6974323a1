"""Ids that look like the vendors' own, and differ between runs: a reference from yesterday must not find anything."""

import secrets
import string

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str = "") -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(10))
