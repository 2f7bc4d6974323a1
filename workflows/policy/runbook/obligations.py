"""Legal clocks: what a law or a contract wants told to somebody, and by when."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from workflows.policy.runbook.names import ClockStart, Name, SeverityName
from workflows.policy.runbook.people import Condition
from workflows.policy.time.durations import MINUTE, Duration, at_least
from workflows.policy.wire.model import Wire

MOST_OBLIGATIONS, MOST_STAGES = 10, 5
_MONTHS = re.compile(r"\s*([1-9]|1[0-2])\s*(?:mo|months?)\s*")


def _months(value: object) -> object:
    """`1 month`: the number alone, so that it is written in one way."""
    found = _MONTHS.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} months" if found else value


Months = Annotated[str, BeforeValidator(_months), Field(pattern=r"^([1-9]|1[0-2])\s*(mo|months?)$")]
"""Calendar months: from the 31st of January to the 28th of February."""
Within = Annotated[Duration, at_least(MINUTE)] | Months


def months_of(within: timedelta | str) -> int:
    """0: it is no number of months."""
    return 0 if isinstance(within, timedelta) else int(within.split()[0])


class Stage(Wire):
    """One of several reports that an obligation asks for."""

    id: Name
    within: Within
    follows: Name | None = None
    """Counts from the moment at which this earlier stage was sent; until then, from its deadline."""


class Obligation(Wire):
    """A legal clock. From when it applies until somebody has said that it was sent or does not apply, nothing ends it:
    neither the end of the incident nor a lower severity, nor a flag that is cleared."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Name
    title: str = ""
    """In front of people; its id if left out."""
    severities: tuple[SeverityName, ...] = ()
    """Of incidents that have had one of these; empty: of all."""
    when: Condition = Condition()
    counts_from: Annotated[ClockStart, Field(alias="from")] = "detected"
    """flagged: the last of the flags of its `when` was set. mitigated: or resolved, if nobody said so before."""
    within: Within | None = None
    """A duration, or calendar months (`1 month`)."""
    stages: Annotated[tuple[Stage, ...], Field(max_length=MOST_STAGES)] = ()
    """Instead of `within`: several reports, each with its own deadline."""
    owner: Name
    """The role or person that owes it, is reminded, and is paged when little time is left."""
    deputy: Name | None = None
    """Another, who is paged as well."""
    to: str = ""
    """Whom it is owed to: an audience of the runbook, or a name for people."""
    template: str = ""
    """What is to be told, to be copied: the text of that name."""

    @model_validator(mode="after")
    def _has_a_deadline(self) -> Self:
        if (self.within is None) == (not self.stages):
            raise ValueError(f"the obligation {self.id!r} needs one of `within` and `stages`: write within: 72h")
        known: set[str] = set()
        for stage in self.stages:
            if stage.id in known:
                raise ValueError(f"the obligation {self.id!r} has two stages {stage.id!r}: write another id")
            if stage.follows is not None and stage.follows not in known:
                raise ValueError(f"the stage {stage.id!r} follows {stage.follows!r}, which is no stage before it")
            known.add(stage.id)
        return self
