"""One runbook in memory for all incidents that follow it.

Each incident brings its own along, whole, so that it can be carried out and replayed with nothing beside its history
(ADR 32). Read, it weighs a hundred to four hundred KiB: a worker that holds a thousand incidents holds it once.
"""

from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator, ValidationError, ValidationInfo
from pydantic_core import to_json

from workflows.policy.runbook.model import Runbook

AT_WORK_AT_A_TIME = 64
"""Runbooks, and versions of them, that are read once."""


def _shared(value: object, info: ValidationInfo) -> object:
    """What is wrong with it is said where it stands: by reading it anew."""
    if info.mode != "json":
        return value
    try:
        return _read(to_json(value))
    except ValidationError:
        return value


@lru_cache(maxsize=AT_WORK_AT_A_TIME)
def _read(written: bytes) -> Runbook:
    return Runbook.model_validate_json(written)


SharedRunbook = Annotated[Runbook, BeforeValidator(_shared)]
"""Read from a history, it is the same object as any other that says the same."""
