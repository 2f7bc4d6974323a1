"""What everything that enters a history is made of."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from workflows.policy.wire.bounded import moment

Instant = Annotated[datetime, AfterValidator(moment)]
"""An aware time in UTC. One that arrives without a zone is read as UTC, as every sender that omits it means it."""


class Wire(BaseModel):
    """Base of everything that enters a history: frozen; it ignores fields that a newer version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")
