"""The drafts that wait for somebody's approval, as that would let them out."""

from datetime import datetime

from workflows.durable.approving import print_of
from workflows.durable.procedure import Procedure
from workflows.policy.incident.events import DraftApproved
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.reducers.by_hand import waiting_drafts
from workflows.policy.views.results import WaitingDraft
from workflows.texts.outside import newly_outside, outgoing


def drafts(procedure: Procedure, now: datetime) -> tuple[WaitingDraft, ...]:
    """The one that an approval without a name means first."""
    before = procedure.plan(now)
    found = []
    for name in waiting_drafts(procedure.incident):
        after = procedure.after(DraftApproved(draft=name), now)
        for demand in newly_outside(before, after.plan(now)):
            said = outgoing(procedure.book, demand, after.words(demand, now))
            known = {"name": name, "since": _since(procedure, name), "if_still": print_of(procedure, name, now)}
            found.append(WaitingDraft.model_validate({**dict(said), **known}))
    return tuple(found)


def _since(procedure: Procedure, name: str) -> datetime | None:
    if name == STATUS_PAGE:
        return procedure.incident.public.drafted_at
    return procedure.incident.drafts[name].at
