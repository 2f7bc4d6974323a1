"""What a command needs to reach incidents. Temporal's client is imported when one is: `--help` needs none."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tocsin import own_settings
from tocsin.failure import Failure

if TYPE_CHECKING:
    from starter.desk.desk import Desk
    from starter.temporal.incidents import Incidents
    from tocsin.gateway_call import GatewayAccess
    from workflows.policy.runbook.model import Runbook
    from workflows.policy.watches.installation import Installation

CONFIG_FOLDERS: Final = (os.environ.get("XDG_CONFIG_HOME") or "~/.config", "~/Library/Application Support")
"""Where Temporal's tools keep temporal.toml."""


async def desk() -> "Desk":
    """Through the gateway that TOCSIN_URL names, else through the configured Temporal, else through the gateway of a
    running `tocsin up`. Raises Failure when it cannot be reached."""
    if url := own_settings.said("TOCSIN_URL"):
        return _by_http(url)
    if by_up := _by_up():
        return by_up
    from starter.desk.temporal_desk import TemporalDesk

    return TemporalDesk(await incidents(), _followed)


def gateway() -> "GatewayAccess":
    """The gateway that is meant. Raises Failure."""
    from tocsin.gateway_call import GatewayAccess
    from tocsin.up.folder import Folder

    url, token = own_settings.said("TOCSIN_URL"), own_settings.secret("TOCSIN_TOKEN")
    if url and token:
        return GatewayAccess(url, token, near=False)

    folder = Folder(own_settings.state_dir())
    if not url and (running := folder.running()) and (ours := folder.token()):
        return GatewayAccess(running.gateway, ours, near=True)
    raise Failure("no `tocsin up` runs here: set TOCSIN_URL, and TOCSIN_TOKEN (tocsin token add api)")


def _by_http(url: str) -> "Desk":
    """Imports nothing of Temporal's."""
    from tocsin.commands.arguments import login_name
    from tocsin.http_desk import HttpDesk

    if token := own_settings.secret("TOCSIN_TOKEN"):
        return HttpDesk(url, token, login_name())
    raise Failure(f"TOCSIN_URL is {url}, and TOCSIN_TOKEN is not set: whoever runs it makes one (tocsin token add api)")


def _by_up() -> "Desk | None":
    """With the token that `up` has put where only its user can read it. None: none runs here, or another Temporal is
    configured."""
    from tocsin.up.folder import Folder

    folder = Folder(own_settings.state_dir())
    running, token = folder.running(), folder.token()
    if running is None or not token or _may_name_a_temporal():
        return None
    from tocsin.commands.arguments import login_name
    from tocsin.http_desk import HttpDesk

    return HttpDesk(running.gateway, token, login_name(), otherwise=f"TEMPORAL_ADDRESS={running.temporal}")


def _may_name_a_temporal() -> bool:
    """Its files are read by its SDK, whose import takes longer than the command: only where there is one."""
    if any(os.environ.get(name) for name in ("TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE")):
        return True
    if not any((Path(folder).expanduser() / "temporalio" / "temporal.toml").exists() for folder in CONFIG_FOLDERS):
        return False
    from tocsin import connection

    return connection.configured_address() is not None


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
