"""What several of the gateway's routes are made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from settings import Settings
from settings.delivery import AT_THE_GATEWAY
from starter.desk.permissions import Permissions
from starter.gateway.access import Access
from starter.gateway.board import Board, make_board
from starter.gateway.desks import Desks
from starter.gateway.outcomes import Outcomes
from starter.gateway.public_site import PublicSite
from starter.gateway.published import Published
from starter.gateway.stuck_watch import StuckWatch
from starter.intake.beats import Beats
from starter.intake.group_commit import GroupCommit
from starter.intake.silencing import Silencing
from starter.public_page.site import identity
from starter.runbooks.library import Library
from starter.temporal.connection import TemporalConnection
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.public_pages import PublicPages
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
    public_site: PublicSite | None
    """None: the status page is elsewhere, or there is none."""

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
            public_site=_public_site(settings, connection, published),
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


def _public_site(settings: Settings, connection: TemporalConnection, published: Published) -> PublicSite | None:
    if settings.public_page != AT_THE_GATEWAY:
        return None
    return PublicSite(PublicPages(connection), published, identity(settings))
