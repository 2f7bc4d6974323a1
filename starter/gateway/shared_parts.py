"""What several of the gateway's routes are made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from settings import Settings
from starter.desk.permissions import Permissions
from starter.gateway.access import Access
from starter.gateway.board import Board, make_board
from starter.gateway.desks import Desks
from starter.gateway.outcomes import Outcomes
from starter.gateway.published import Published
from starter.gateway.stuck_watch import StuckWatch
from starter.intake.beats import Beats
from starter.intake.group_commit import GroupCommit
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.silences import Silences


@dataclass(frozen=True)
class SharedParts:
    """Each is there once."""

    settings: Settings
    incidents: Incidents
    outcomes: Outcomes
    published: Published
    silencing: Silencing
    beats: Beats
    stuck: StuckWatch
    access: Access
    desks: Desks
    commit: GroupCommit
    board: Board

    @classmethod
    def of(cls, settings: Settings, library: Library, incidents: Incidents) -> "SharedParts":
        connection, outcomes = incidents.connection, Outcomes()
        published = Published(Installations(connection), loaded(library, settings))
        silencing = Silencing(Silences(connection))
        desks = Desks(incidents, Permissions(settings.private_to, settings.public_by))
        return cls(
            settings=settings,
            incidents=incidents,
            outcomes=outcomes,
            published=published,
            silencing=silencing,
            beats=Beats(Heartbeats(connection)),
            stuck=StuckWatch(connection, published),
            access=Access(settings.api_tokens, outcomes),
            desks=desks,
            commit=GroupCommit(incidents, settings.openings),
            board=make_board(settings, desks, published, silencing),
        )

    def loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "which runbooks are followed": self.published.run,
            "heartbeats' beats": self.beats.run,
            "which silences there are": self.silencing.run,
            "what is stuck": self.stuck.run,
            "what the board shows": self.board.everything.run,
            "what the board shows to those who see nothing private": self.board.without_private.run,
        }
