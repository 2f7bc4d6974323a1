"""What becomes of a correction of words that went out."""

from workflows.policy.duties.delivery_kinds import by_hand
from workflows.policy.effects.effects import Publish
from workflows.policy.incident.announce import log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.public import Correction, Public
from workflows.policy.incident.state import Incident
from workflows.policy.planning.wording import how_late, what
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import fit


def corrected(book: Runbook, incident: Incident, event: EffectSettled, publish: Publish) -> Incident:
    """What was there before stays on the timeline; the whole of it in Temporal's history."""
    public = incident.public.model_copy(update={"correction": _still_to_go_out(incident.public, publish)})
    after = incident.model_copy(update={"public": public})
    if event.outcome != "done":
        page = book.severity(incident.severity).status_page
        return by_hand(after, event, what(book, event.demand), page.owner if page else None)
    if incident.vendor_key(public.said_key) == publish.corrects:
        stands = {"says": fit(event.said, IncidentBounds.message), "corrected_at": event.at}
        after = after.model_copy(update={"public": public.model_copy(update=stands)})
    text = f"{what(book, event.demand)}{how_late(event)}; it said before: {publish.before}"
    return log(after, event.at, text, kind="publish")


def _still_to_go_out(public: Public, publish: Publish) -> Correction | None:
    """Others that have taken their place meanwhile."""
    waits = public.correction
    return None if waits is None or waits.text == publish.words else waits
