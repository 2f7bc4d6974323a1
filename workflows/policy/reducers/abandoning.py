"""What a run began and the next did not go on with: its answer, should there be one, reaches nobody."""

from workflows.policy.incident.events import EffectAbandoned
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.planning.ways import has_stand_in
from workflows.policy.runbook.model import Runbook


def abandon(book: Runbook, incident: Incident, event: EffectAbandoned) -> Incident:
    """Its ring stays known: it may have rung, and will be synced at the pager. Should it be wanted again, it is sent;
    but not what another way has done."""
    begun = incident.started.get(event.key)
    started = {key: each for key, each in incident.started.items() if key != event.key}
    after = incident.model_copy(update={"started": started})
    if begun is None or incident.has_settled(begun.duty, begun.occurrence):
        return after  # a later one has the last word, as where it settles
    if not has_stand_in(book, incident, begun.duty, begun.occurrence):
        return after
    when = {"due_at": begun.due_at, "sent_at": begun.started_at, "settled_at": event.at}
    done = Settlement(occurrence=begun.occurrence, outcome="superseded", **when)
    return after.model_copy(update={"settled": {**after.settled, begun.duty: done}})
