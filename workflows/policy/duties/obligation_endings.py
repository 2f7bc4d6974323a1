"""A human says how an obligation ended: sent, or not applicable. Nothing else ends one."""

from workflows.policy.duties.obligations import clocks, ended_with, known_obligations, meant_clocks
from workflows.policy.incident.announce import announce, because, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.follow_up import Ending
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import roughly
from workflows.policy.wire.bounded import fit, weight


def sent(book: Runbook, incident: Incident, event: ObligationSent) -> Incident:
    """Of an obligation with stages that is named as a whole the first that is open: each is told by itself."""
    meant = meant_clocks(book, incident, event.obligation)[:1]
    if not meant:
        return log(incident, event.at, f"{event.actor} sent {event.obligation or 'something'!r}, which is not owed")
    link = event.reference if weight(event.reference) <= IncidentBounds.link_of_ending else ""
    said = ": ".join(part for part in ("" if link else event.reference, event.text) if part)
    ending = Ending(at=event.at, by=event.by, link=link, text=fit(said, IncidentBounds.ending))
    [clock] = meant
    after = ended_with(incident, clock, known_obligations(book, incident)[clock.terms.id], ending)
    late = f"{roughly(event.at - clock.due_at)} late" if event.at > clock.due_at else "in time"
    where = f": {event.reference}" if event.reference else ""
    text = f"{event.actor} sent {clock.title}, {late}{where}{because(event.text)}"
    return announce(after, event.at, text, by=event.actor, loud=event.at > clock.due_at)


def not_applicable(book: Runbook, incident: Incident, event: ObligationNotApplicable) -> Incident:
    """Of an obligation that is named as a whole, all stages that are open."""
    meant = meant_clocks(book, incident, event.obligation)
    if not meant:
        return log(
            incident, event.at, f"{event.actor}: {event.obligation or 'nothing'!r} does not apply; it is not owed"
        )
    after = incident
    for clock in meant:
        record = known_obligations(book, after)[clock.terms.id]
        text = fit(event.reason, IncidentBounds.ending)
        after = ended_with(after, clock, record, Ending(at=event.at, by=event.by, waived=True, text=text))
    titles = " and ".join(clock.title for clock in meant)
    text = f"{event.actor}: not applicable here: {titles}{because(event.reason)}"
    return announce(after, event.at, text, by=event.actor)


def why_refused(book: Runbook, incident: Incident, event: ObligationSent | ObligationNotApplicable) -> str | None:
    if isinstance(event, ObligationNotApplicable) and not event.reason.strip():
        return 'say why it does not apply: --reason "..."'
    if isinstance(event, ObligationSent) and not event.reference.strip():
        return 'say where it can be found: --reference "..."'
    if meant_clocks(book, incident, event.obligation):
        return None
    known = [each.name for each in clocks(book, incident)]
    if not known:
        return f"{incident.id} owes nothing under the obligations of its runbook"
    what = f"no obligation {event.obligation!r} runs" if event.obligation else "say which"
    return f"{what}: choose one of {', '.join(known)}"
