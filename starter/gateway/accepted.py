"""The 202 that a sender gets: it says that Temporal has its alerts, or why there are none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from starter.gateway.errors import ErrorBody
from starter.intake.ignoring import IgnoredAlerts
from starter.sources.reading import FieldProblem

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "the sender hung up"},
    401: {"model": ErrorBody, "description": "wrong token or signature"},
    403: {"model": ErrorBody, "description": "reachable from outside, and no secret is set"},
    413: {"model": ErrorBody, "description": "larger than twice TOCSIN_MAX_BODY_BYTES, and signed"},
    503: {"model": ErrorBody, "description": "Temporal is away: send it again (Retry-After)"},
}


MOST_NAMES = 50
"""In an answer, which goes to a log: a delivery may bring a thousand alerts."""


class HeldAlerts(BaseModel):
    """Alerts that open no incident now. If they have not resolved when the silence ends, they do then."""

    silence: str
    until: datetime
    by: str
    reason: str
    alerts: int

    def __str__(self) -> str:
        return f"held by silence {self.silence} until {self.until:%Y-%m-%d %H:%M} UTC: {self.reason}"


class Accepted(BaseModel):
    """Temporal has what is counted here, for good."""

    accepted: int = 0
    """Alerts of those that were sent."""
    incident: str | None = None
    """Workflow id; the first, if there are several."""
    incidents: list[str] = []
    """The first of them, if there are very many."""
    ignored: str | None = None
    """Why nothing was done."""
    opens_nothing: list[IgnoredAlerts] = []
    """Alerts that fire and open no incident: a harmless word, or the runbook's `ignore`."""
    unreadable: str | None = None
    """Why nothing in it can be read. The incident is about that: "cannot read what ... sends"."""
    held: list[HeldAlerts] = []
    resolve_by_hand: list[str] = []
    """Alerts by name whose sender may never say when they are over: their incident waits for a person's word."""
    problems: list[FieldProblem] = []


def first_of(names: Sequence[str]) -> list[str]:
    """The first, and how many more there are."""
    more = [f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return [*names[:MOST_NAMES], *more]


def answer(accepted: Accepted) -> Response:
    """Made here, because it is made very often, and FastAPI would look at every field again."""
    return Response(accepted.model_dump_json(), 202, media_type="application/json")
