"""How an incident stands, as far as lists show it: one row, which needs no question to the incident.

The row is kept in two places, because a change of either costs an Action. The search attributes hold what is searched
for (`durable/published.py`), memos the rest: `coming` what time alone changes, some steps ahead, and `standing` what
changes when somebody does something. `starter/temporal/rows.py` reads all of it.
"""

from typing import Final, get_args

from workflows.policy.duties.follow_ups import due_at, open_ones, owner_of
from workflows.policy.duties.obligations import clocks
from workflows.policy.incident.rules import is_acknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus, SeverityName
from workflows.policy.wire.bounded import fit
from workflows.policy.wire.model import Instant, Wire

STANDING_MEMO: Final = "standing"
"""The memo's name: never changes."""
WATCHED: Final = 90
"""The urgency of what is over, and only watched until it closes."""
FOLLOW_UPS_MEMO: Final = "follow_ups_due"
"""The name of another memo, which only incidents with follow-ups have: never changes."""
MOST_FOLLOW_UPS_LISTED: Final = 5
"""Of one incident, soonest first: its memo is written anew with each sign of life."""
HEAVIEST_FOLLOW_UP: Final = 120
"""Bytes of its text in JSON, and of its owner's name."""
HEAVIEST_DUTY: Final = 200
"""Bytes in JSON: stores take 255 characters and 2048 bytes in a search attribute, and refuse the workflow's whole turn
for one more.
https://docs.temporal.io/search-attribute#limits"""


class IncidentStanding(Wire):
    """What a list shows of an open incident and no search attribute does."""

    acknowledged_by: str = ""
    """As `Incident.answered` says it."""
    alive_at: Instant | None = None
    """The last sign of life of whoever acknowledged it."""
    updated_at: Instant | None = None
    """The last progress update that a human wrote."""
    public: PublicStatus | None = None
    """What the public has been told."""
    follow_ups: int = 0
    """Open and ended ones."""
    obligation: str = ""
    """Of the legal clocks that run the one that runs out first, ..."""
    obligation_due_at: Instant | None = None
    """... and when it does: its reminders come before."""


class OpenFollowUp(Wire):
    """What lists show of a follow-up that is neither done nor waived."""

    text: str
    owner: str
    """As people write it."""
    due_at: Instant


def follow_ups_due(book: Runbook, incident: Incident) -> tuple[OpenFollowUp, ...]:
    """The first of them."""
    first = sorted(open_ones(incident), key=lambda each: each.due_on)[:MOST_FOLLOW_UPS_LISTED]
    return tuple(
        OpenFollowUp(
            text=fit(each.text, HEAVIEST_FOLLOW_UP),
            owner=fit(owner_of(book, each), HEAVIEST_FOLLOW_UP),
            due_at=due_at(book, each),
        )
        for each in first
    )


def standing(book: Runbook, incident: Incident) -> IncidentStanding:
    first = next(iter(clocks(book, incident)), None)
    signs = [at for at in (incident.alive_at, incident.updated_at) if at is not None]
    return IncidentStanding(
        acknowledged_by=incident.answered(as_people_read(book, incident.acknowledged_by)),
        alive_at=max(signs, default=incident.acknowledged_at),
        updated_at=incident.updated_at,
        public=incident.public.status,
        follow_ups=len(incident.follow_ups),
        obligation=fit(first.title, HEAVIEST_DUTY) if first else "",
        obligation_due_at=first.due_at if first else None,
    )


def urgency(severity: SeverityName, *, acknowledged: bool = False) -> int:
    """Less is more urgent: the graver, and of these what nobody is on. Of what is over it is `WATCHED`."""
    return 10 * (1 + get_args(SeverityName).index(severity)) + acknowledged


URGENCIES: Final = (*(urgency(s, acknowledged=by) for s in get_args(SeverityName) for by in (False, True)), WATCHED)
"""All that there are, the most urgent first."""


def urgency_of(book: Runbook, incident: Incident, now: Instant) -> int:
    if incident.resolved or incident.cancelled:
        return WATCHED
    return urgency(incident.severity, acknowledged=is_acknowledged(book, incident, now))
