"""What a command needs to reach incidents."""

import settings
from starter.incidents import Incidents
from starter.installations import Installations
from starter.reviews import Reviews
from tocsin import reach
from workflows.policy.installation import Installation


async def reviews() -> Reviews:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Reviews(await incidents())


async def incidents() -> Incidents:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Incidents(await reach.client(settings.load().state_dir))


async def installation(known: Incidents) -> Installation:
    """What runs there, by what its worker has published. Raises Unpublished, and Unreachable."""
    return await Installations(known.reach).current()
