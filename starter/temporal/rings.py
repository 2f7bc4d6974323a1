"""Which workflow hears what became of a ring: its incident; or, once that has closed, the review, if the page was about
a legal clock, which goes on there."""

from starter.temporal.incidents import Incidents
from workflows.policy.keys import vendor_keys, workflow_ids
from workflows.policy.keys.duty_keys import DutyKind, EffectKey


def is_legal_page(ring: str) -> bool:
    """By whichever way it went."""
    _, _, effect = vendor_keys.parts_of(ring)
    key = EffectKey.parse(effect)
    return key is not None and key.duty.first_page.kind is DutyKind.OBLIGED


async def workflow_of_ring(known: Incidents, ring: str) -> str:
    """While an incident closes both are there: the review has the record then. Raises Unreachable."""
    workflow, incident, _ = vendor_keys.parts_of(ring)
    if not is_legal_page(ring):
        return workflow
    review = workflow_ids.review_of(incident)
    if await known.goes_on(review, incident) or not await known.goes_on(workflow, incident):
        return review
    return workflow
