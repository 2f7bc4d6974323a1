"""A roster: who holds a post in the days ahead, as it was found out, and when."""

from workflows.policy.rota.shift import Override, Shift
from workflows.policy.runbook.names import Name
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire

MOST_SHIFTS, MOST_OVERRIDES = 150, 30
"""Of a roster that is kept: a hand-over every three hours, for two weeks."""


class RosterQuestion(Wire):
    """Who holds a post between two moments?"""

    post: Name
    terms: OnCall
    people: dict[str, str] = {}
    """Names of the runbook's people by their keys."""
    overrides: tuple[Override, ...] = ()
    begin: Instant
    end: Instant


class Roster(Wire):
    """The answer. Its shifts tile the time."""

    shifts: tuple[Shift, ...] = ()
    as_of: Instant | None = None
    """When it was found out."""
    problem: Line = ""
    """Why it could not be found out."""
    remark: Line = ""
    """What of it could not be read."""


class UserGroupOrder(Wire):
    """Who is to be in a group of the chat, and nobody else."""

    group: str
    people: tuple[str, ...] = ()
    addresses: dict[str, str] = {}
    """Their e-mail addresses, by which the chat may know them."""


class RosterCard(Wire):
    """What everybody can read of a rota, worker or not."""

    runbook: str
    post: Name
    name: str
    zone: str
    roster: Roster = Roster()
    overrides: tuple[Override, ...] = ()
