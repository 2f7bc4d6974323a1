"""What Statuspage's components become by an update, and go back to when it is over."""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import JsonValue

from activities.vendor_answer import Entries, VendorAnswer
from workflows.policy.effects.effects import Publish
from workflows.policy.runbook.impact import COMPONENT_STATUS, Impact, gravest

SET_BY_INCIDENTS: Final = frozenset(COMPONENT_STATUS.values()) - {"operational"}
"""Somebody who set another one by hand, such as maintenance, meant it."""


class ListedComponent(VendorAnswer):
    id: str
    name: str
    status: str = "operational"


class _Affected(VendorAnswer):
    id: str


class UnresolvedIncident(VendorAnswer):
    """One of the page, whoever made it."""

    id: str
    impact: Impact | str = "none"
    components: Entries[_Affected] = ()

    def impact_on(self, component: str) -> Impact:
        concerned = any(each.id == component for each in self.components)
        known = next((each for each in COMPONENT_STATUS if each == self.impact), None)
        return known if concerned and known else "none"


def become(
    listed: Sequence[ListedComponent], others: Sequence[UnresolvedIncident], effect: Publish, *, is_new: bool
) -> dict[str, JsonValue]:
    """The fields of the update. What another incident affects as well stays as grave as that one is."""
    mine: Impact = "none" if effect.status == "resolved" else effect.impact
    states: dict[str, JsonValue] = {}
    for component in listed:
        worst = gravest([mine, *(other.impact_on(component.id) for other in others)])
        puts_back = worst == "none" and not is_new and component.status in SET_BY_INCIDENTS
        if worst != "none" or puts_back:
            states[component.id] = COMPONENT_STATUS[worst]
    fields: dict[str, JsonValue] = {"component_ids": [component.id for component in listed], "components": states}
    return fields if effect.impact == "none" else {**fields, "impact_override": effect.impact}


def missing(names: Iterable[str], listed: Sequence[ListedComponent]) -> str:
    """What somebody has to see; empty if all are there."""
    unknown = sorted(set(names) - {component.name for component in listed})
    return f"Statuspage has no component named {', '.join(unknown)}" if unknown else ""
