"""How an incident starts: what an alert, a person or a heartbeat says of it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.shared import SharedRunbook
from workflows.policy.wire.bounded import Labels, Line, weight
from workflows.policy.wire.model import Instant, Wire


def _usable(links: tuple[tuple[Line, str], ...]) -> tuple[tuple[str, str], ...]:
    """An address is kept whole or not at all."""
    return tuple((label, url) for label, url in links if weight(url) <= IncidentBounds.link)[: IncidentBounds.links]


Links = Annotated[tuple[tuple[Line, str], ...], AfterValidator(_usable)]


class Particulars(Wire):
    """What an opening says, whichever procedure is followed."""

    severity: SeverityName
    title: str = Field(max_length=300)
    service: Line = ""
    source: Line = ""
    """`alertmanager`, `generic`, or the person who declared it."""
    declared_by: Line = ""
    detected_at: Instant | None = None
    labels: Labels = {}
    links: Links = ()
    flags: Annotated[tuple[Line, ...], AfterValidator(lambda flags: flags[: IncidentBounds.names])] = ()
    speed: float = Field(default=1.0, gt=0, le=3600)
    no_pager: bool = False
    """Somebody chose to run without a pager: said loudly at every opening."""


class OpenRequest(Particulars):
    """How an incident starts: the argument of the workflow."""

    runbook: SharedRunbook
    public: Line = ""
    """What it is called in public, in words that somebody wrote for that: `failing logins`."""
