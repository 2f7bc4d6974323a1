"""How grave an incident is for the public, in the status pages' own words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from workflows.policy.runbook.names import SeverityName

Impact = Literal["none", "minor", "major", "critical"]
ComponentStatus = Literal["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]

GRAVEST_FIRST: Final[Sequence[Impact]] = ("critical", "major", "minor", "none")
COMPONENT_STATUS: Final[Mapping[Impact, ComponentStatus]] = {
    "critical": "major_outage",
    "major": "partial_outage",
    "minor": "degraded_performance",
    "none": "operational",
}
"""How a service stands that is affected by an incident of that impact."""
_OF_SEVERITY: Final[Mapping[SeverityName, Impact]] = {
    "sev1": "critical",
    "sev2": "major",
    "sev3": "minor",
    "sev4": "none",
}


def impact_of(severity: SeverityName) -> Impact:
    return _OF_SEVERITY[severity]


def gravest(impacts: Iterable[Impact]) -> Impact:
    return min(impacts, key=GRAVEST_FIRST.index, default="none")
