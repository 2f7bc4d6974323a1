"""What is to be done after an incident, and how something that was owed ended."""

from workflows.policy.wire.bounded import Day
from workflows.policy.wire.model import Instant, Wire


class Ending(Wire):
    """How something that was owed ended."""

    at: Instant
    by: str
    waived: bool = False
    """It is not done, and need not be."""
    text: str = ""
    """What was done, or why it need not be."""
    link: str = ""


class FollowUp(Wire):
    """Something to be done so that it does not happen again."""

    number: int
    text: str
    owner: str
    """A person, or a role of the runbook."""
    due_on: Day
    added_at: Instant
    added_by: str
    ending: Ending | None = None

    @property
    def announced_by(self) -> str:
        """How the message begins that says that it was added."""
        return f"follow-up {self.number}, "
