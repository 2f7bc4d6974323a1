"""What a command needs to reach incidents. Temporal's client is imported when one is: `--help` needs none."""

from typing import TYPE_CHECKING

from tocsin import own_settings
from tocsin.failure import Failure

if TYPE_CHECKING:
    from starter.desk.desk import Desk
    from starter.temporal.incidents import Incidents
    from workflows.policy.runbook.model import Runbook
    from workflows.policy.watches.installation import Installation


async def desk() -> "Desk":
    """Through the gateway that TOCSIN_URL names, else through Temporal. Raises Failure when it cannot be reached."""
    if url := own_settings.said("TOCSIN_URL"):
        return _by_http(url)
    from starter.desk.temporal_desk import TemporalDesk

    return TemporalDesk(await incidents(), _followed)


def _by_http(url: str) -> "Desk":
    """Imports nothing of Temporal's."""
    from tocsin.commands.arguments import login_name
    from tocsin.http_desk import HttpDesk

    if token := own_settings.secret("TOCSIN_TOKEN"):
        return HttpDesk(url, token, login_name())
    raise Failure(f"TOCSIN_URL is {url}, and TOCSIN_TOKEN is not set: whoever runs it makes one (tocsin token add api)")


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
