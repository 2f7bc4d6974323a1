"""What people say of words that have left the house."""

from typing import Literal

from pydantic import Field

from workflows.policy.incident.events import Event


class PublicCorrected(Event):
    """The words that went to the status page last were wrong: these stand there instead."""

    kind: Literal["correct"] = "correct"
    text: str = Field(min_length=1, max_length=3000)
