"""What a command needs to reach incidents. Temporal's client is imported when one is: `--help` needs none."""

from typing import TYPE_CHECKING

from tocsin import own_settings

if TYPE_CHECKING:
    from starter.temporal.incidents import Incidents
    from starter.temporal.reviews import Reviews
    from workflows.policy.watches.installation import Installation


async def reviews() -> "Reviews":
    """Raises Failure when Temporal cannot be reached."""
    from starter.temporal.reviews import Reviews

    return Reviews(await incidents())


async def incidents() -> "Incidents":
    """Raises Failure when Temporal cannot be reached."""
    from starter.temporal.incidents import Incidents
    from tocsin import connection

    return Incidents(await connection.client(own_settings.state_dir()))


async def installation(known: "Incidents") -> "Installation":
    """What runs there, by what its worker has published. Raises Unpublished, and Unreachable."""
    from starter.temporal.installations import Installations

    return await Installations(known.connection).current()
