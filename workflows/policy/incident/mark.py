"""The mark of what an incident is like, as far as it matters to a person who decides.

Whoever is shown an incident gets its mark, and may send it back with what they want done (`Event.if_still`). If it is
another one by then, they decided about something else: nothing is done, and they are told what has changed.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workflows.policy.incident.events import DraftApproved, Event
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE, as_people_read
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock

LETTERS_OF_A_FACET: Final = 5
READS_OTHERWISE: Final = "reads otherwise"
"""Instead of a mark: a draft that somebody approves is not what they have read (`workflows/durable/approving.py`)."""


def mark(incident: Incident) -> str:
    """Nobody reads anything in it but this module."""
    return "".join(_short(facet.seen(incident)) for facet in FACETS)


def changed_meanwhile(book: Runbook, incident: Incident, event: Event) -> str | None:
    """A sentence for whoever decided by an older state; None: it still is as they saw it, or they do not say."""
    if not event.if_still:
        return None
    if event.if_still == READS_OTHERWISE:
        return "the draft reads otherwise now than where you saw it; press Edit, which shows it as it is"
    now = mark(incident)
    if len(event.if_still) != len(now):
        return "it is not known what it was like when you saw it; look again"
    changed = [facet for facet in _others(event.if_still, now) if isinstance(event, facet.matters_to)]
    if not changed:
        return None
    return f"it has changed meanwhile: {'; '.join(facet.words(book, incident) for facet in changed)}; look again"


@dataclass(frozen=True)
class Facet:
    """Something that a person decides by."""

    seen: Callable[[Incident], object]
    words: Callable[[Runbook, Incident], str]
    """How it is now."""
    matters_to: type[Event] = Event


def _others(before: str, now: str) -> Iterator[Facet]:
    for number, facet in enumerate(FACETS):
        here = slice(number * LETTERS_OF_A_FACET, (number + 1) * LETTERS_OF_A_FACET)
        if before[here] != now[here]:
            yield facet


def _short(seen: object) -> str:
    return hashlib.sha256(str(seen).encode(errors="surrogatepass")).hexdigest()[:LETTERS_OF_A_FACET]


def _severity(book: Runbook, incident: Incident) -> str:
    at, by = incident.severity_at or incident.declared_at, incident.severity_by or incident.declared_by
    return _since(book, severity_title(incident.severity), at, by)


def _phase(book: Runbook, incident: Incident) -> str:
    if incident.cancelled:
        return "it was cancelled"
    if incident.opening > 1 and incident.phase == "investigating":
        return _since(book, "reopened", incident.opened_at)
    return _since(book, incident.phase, incident.phase_at, incident.resolved_by)


def _answered(book: Runbook, incident: Incident) -> str:
    if incident.acknowledged_at is None:
        return "nobody has acknowledged it any more"
    return _since(book, "acknowledged", incident.acknowledged_at, incident.acknowledged_by)


def _commander(book: Runbook, incident: Incident) -> str:
    return f"{book.person_name(incident.roles.get(COMMANDER_ROLE, 'nobody'))} is {book.role_name(COMMANDER_ROLE)}"


def _flags(_: Runbook, incident: Incident) -> str:
    return f"flagged {', '.join(sorted(incident.flags))}" if incident.flags else "no flag is set any more"


def _adopted(_: Runbook, incident: Incident) -> str:
    return f"it follows another version of the runbook {incident.runbook}"


def _drafted(_: Runbook, incident: Incident) -> str:
    waiting = ", ".join(name for name, _ in _waiting(incident))
    return f"what waits for approval now: {waiting}" if waiting else "no draft waits for approval any more"


def _waiting(incident: Incident) -> list[tuple[str, str]]:
    """By name, and since when."""
    drafts = [(name, draft.at.isoformat()) for name, draft in incident.drafts.items() if draft.approval is None]
    public = incident.public
    if public.drafted:
        drafts.append((f"status page: {public.drafted}", public.drafted_at.isoformat() if public.drafted_at else ""))
    return sorted(drafts)


def _in_public(_: Runbook, incident: Incident) -> str:
    return f"the status page says {incident.public.status or 'nothing'} in other words now"


def _since(book: Runbook, what: str, at: datetime, by: str = "") -> str:
    return f"{what} since {clock(book.calendar.zone, at, at)}" + (f", by {as_people_read(book, by)}" if by else "")


FACETS: Final = (
    Facet(lambda incident: incident.severity, _severity),
    Facet(lambda incident: (incident.phase, incident.opening, incident.cancelled), _phase),
    Facet(lambda incident: incident.acknowledged_by if incident.acknowledged_at else None, _answered),
    Facet(lambda incident: incident.roles.get(COMMANDER_ROLE), _commander),
    Facet(lambda incident: sorted(incident.flags), _flags),
    Facet(lambda incident: incident.adoptions, _adopted),
    Facet(_waiting, _drafted, matters_to=DraftApproved),
    Facet(lambda incident: (incident.public.said_key, incident.public.says), _in_public, matters_to=PublicCorrected),
)
