"""The names that a runbook gives, and the words that it chooses from."""

from typing import Annotated, Literal

from pydantic import StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
"""What runbooks call people, roles, duties and flags: lower case with dashes."""
LabelName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ChannelName = Annotated[str, StringConstraints(pattern=r"^#[a-z0-9_-]{1,80}$")]
SeverityName = Literal["sev1", "sev2", "sev3", "sev4"]
PublicStatus = Literal["investigating", "identified", "monitoring", "resolved"]
"""The status pages' own words."""
Meaning = Literal["sev1", "sev2", "sev3", "sev4", "ignore"]
"""Of a word by which an alert says how grave it is. `ignore`: nothing is wrong, and it opens nothing."""
Until = Literal["acknowledged", "resolved"]
Moment = Literal["declared", "acknowledged", "identified", "mitigated", "resolved"]
ClockStart = Literal["detected", "declared", "flagged", "mitigated", "resolved"]
"""From what a deadline counts. flagged: the last of the flags of its condition was set. mitigated: or resolved, if
nobody said so before."""


def severity_title(severity: str) -> str:
    """`SEV-1`, as people write it."""
    return severity.upper().replace("SEV", "SEV-")
