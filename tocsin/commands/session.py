"""What a command needs to reach incidents."""

import settings
from starter.incidents import Incidents
from starter.reviews import Reviews
from tocsin import reach


async def reviews() -> Reviews:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Reviews(await incidents())


async def incidents() -> Incidents:
    """Raises SettingsError, and Failure when Temporal cannot be reached."""
    return Incidents(await reach.client(settings.load().state_dir))
