"""What a command needs to reach incidents. Temporal's client is imported when one is: `--help` needs none."""

from typing import TYPE_CHECKING

from tocsin import own_settings

if TYPE_CHECKING:
    from starter.desk.desk import Desk
    from starter.temporal.incidents import Incidents
    from workflows.policy.runbook.model import Runbook
    from workflows.policy.watches.installation import Installation


async def desk() -> "Desk":
    """Through Temporal. Raises Failure when it cannot be reached."""
    from starter.desk.temporal_desk import TemporalDesk

    return TemporalDesk(await incidents(), _followed)


def _followed(there: "Installation", name: str) -> "Runbook":
    """Only who declares needs all settings, and the runbooks that they name."""
    from tocsin.following import followed

    return followed(there, name)


async def incidents() -> "Incidents":
    """Raises Failure when Temporal cannot be reached."""
    from starter.temporal.incidents import Incidents
    from tocsin import connection

    return Incidents(await connection.client(own_settings.state_dir()))


async def installation(known: "Incidents") -> "Installation":
    """What runs there, by what its worker has published. Raises Unpublished, and Unreachable."""
    from starter.temporal.installations import Installations

    return await Installations(known.connection).current()
