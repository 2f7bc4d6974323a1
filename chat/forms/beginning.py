"""What a form begins with: the words of a draft, to be edited, and the mark of what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starter.desk.answers import ShownIncident, ShownReview
from starter.desk.desk import Desk
from starter.temporal.results import LookupFailed, NobodyWorks, RefusedByIncident
from workflows.policy.effects.offers import Pressed

ENDS_FOR_GOOD: Final = frozenset({"waive", "not-applicable"})
"""Verbs after which nobody is asked again: they are done only if it still is as it was when the form was opened."""
APPROVE: Final = "approve"


@dataclass(frozen=True)
class Beginning:
    said: Mapping[str, str] = field(default_factory=dict)
    if_still: str = ""


async def beginning(desk: Desk, pressed: Pressed) -> Beginning:
    if pressed.verb in ENDS_FOR_GOOD:
        for shown in await _shown(desk, pressed):
            return Beginning(if_still=shown.state.mark)
    if pressed.verb == APPROVE:
        return await _draft(desk, pressed)
    return Beginning()


async def _draft(desk: Desk, pressed: Pressed) -> Beginning:
    """Of the incident, or else of its review."""
    for shown in await _shown(desk, pressed):
        for draft in shown.state.drafts:
            if draft.name == pressed.said.get("draft", draft.name):
                return Beginning({"text": draft.text}, draft.if_still)
    return Beginning()


async def _shown(desk: Desk, pressed: Pressed) -> list[ShownIncident | ShownReview]:
    """The one that goes on comes first."""
    found: list[ShownIncident | ShownReview] = []
    for look in (desk.show_review, desk.show):
        try:
            shown = await look(pressed.incident)
        except (LookupFailed, NobodyWorks, RefusedByIncident):
            continue
        if isinstance(shown, ShownIncident | ShownReview):
            found.append(shown)
    return found
