"""What a command needs to reach incidents."""

import settings
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.reviews import Reviews
from tocsin import connection
from workflows.policy.watches.installation import Installation


async def reviews() -> Reviews:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Reviews(await incidents())


async def incidents() -> Incidents:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Incidents(await connection.client(settings.load().state_dir))


async def installation(known: Incidents) -> Installation:
    """What runs there, by what its worker has published. Raises Unpublished, and Unreachable."""
    return await Installations(known.connection).current()
