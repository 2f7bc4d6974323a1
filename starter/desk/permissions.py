"""Who may see and let out what not everybody may. The API, the board and the chat ask here, and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass

from settings.access import Scope
from starter.desk.answers import Declaration
from starter.desk.watch_answers import SilenceRequest
from workflows.policy.incident.events import DraftApproved, Event, Resolved, UpdatePosted
from workflows.policy.incident.public_events import PublicCorrected


@dataclass(frozen=True)
class Permissions:
    """By names of tokens, or of people where these are proved."""

    private_to: tuple[str, ...] = ()
    """Who sees private incidents; empty: whoever may respond."""
    public_by: tuple[str, ...] = ()
    """Who lets words go out to the public; empty: whoever may respond."""

    def may_see_private(self, who: str, scope: Scope) -> bool:
        return _is_named(who, self.private_to) if self.private_to else scope != "read"

    def may_let_out(self, who: str, scope: Scope) -> bool:
        return scope != "read" and (not self.public_by or _is_named(who, self.public_by))


def lets_out(said: Event | Declaration | SilenceRequest) -> bool:
    """By it, words of somebody's go out to the public."""
    match said:
        case DraftApproved() | PublicCorrected():
            return True
        case UpdatePosted() | Resolved():
            return said.public
        case Declaration() | SilenceRequest():
            return bool(said.public)
    return False


def _is_named(who: str, named: Collection[str]) -> bool:
    return who.strip().casefold() in {name.strip().casefold() for name in named}
