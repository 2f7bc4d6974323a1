"""What a command needs to reach incidents. Temporal's client is imported when one is: `--help` needs none."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tocsin import own_settings
from tocsin.failure import Failure

if TYPE_CHECKING:
    from starter.desk.desk import Desk
    from starter.desk.installation_desk import InstallationDesk
    from starter.temporal.incidents import Incidents
    from starter.temporal.redacting import Redact
    from tocsin.gateway_api import GatewayApi
    from tocsin.gateway_call import GatewayAccess
    from workflows.policy.runbook.model import Runbook
    from workflows.policy.watches.installation import Installation

CONFIG_FOLDERS: Final = (os.environ.get("XDG_CONFIG_HOME") or "~/.config", "~/Library/Application Support")
"""Where Temporal's tools keep temporal.toml."""


async def desk() -> "Desk":
    """Through the gateway that TOCSIN_URL names, else through the configured Temporal, else through the gateway of a
    running `tocsin up`. Raises Failure when it cannot be reached."""
    if api := gateway_api():
        from tocsin.http_desk import HttpDesk

        return HttpDesk(api)
    from starter.desk.temporal_desk import TemporalDesk

    return TemporalDesk(await incidents(), _followed)


async def installation_desk() -> "InstallationDesk":
    """The same way."""
    if api := gateway_api():
        from tocsin.http_installation import HttpInstallationDesk

        return HttpInstallationDesk(api)
    from starter.desk.temporal_installation import TemporalInstallationDesk

    return TemporalInstallationDesk((await incidents()).connection, _followed)


def gateway_api() -> "GatewayApi | None":
    """None: commands go to the configured Temporal itself. Imports nothing of Temporal's. Raises Failure."""
    if url := own_settings.said("TOCSIN_URL"):
        access = _named(url)
    elif (by_up := _by_up()) and not _may_name_a_temporal():
        access = by_up
    else:
        return None
    from tocsin.commands.arguments import login_name
    from tocsin.gateway_api import GatewayApi

    return GatewayApi(access, login_name())


def gateway() -> "GatewayAccess":
    """The gateway that is meant. Raises Failure."""
    if url := own_settings.said("TOCSIN_URL"):
        return _named(url)
    if by_up := _by_up():
        return by_up
    raise Failure("no `tocsin up` runs here: set TOCSIN_URL, and TOCSIN_TOKEN (tocsin token add api)")


def _named(url: str) -> "GatewayAccess":
    from tocsin.gateway_call import GatewayAccess

    if token := own_settings.secret("TOCSIN_TOKEN"):
        return GatewayAccess(url, token)
    raise Failure(f"TOCSIN_URL is {url}, and TOCSIN_TOKEN is not set: whoever runs it makes one (tocsin token add api)")


def _by_up() -> "GatewayAccess | None":
    """With the token that `up` has put where only its user can read it. None: none runs here."""
    from tocsin.up.folder import Folder

    folder = Folder(own_settings.state_dir())
    running, token = folder.running(), folder.token()
    if running is None or not token:
        return None
    from tocsin.gateway_call import GatewayAccess

    return GatewayAccess(running.gateway, token, otherwise=f"TEMPORAL_ADDRESS={running.temporal}")


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

    return Incidents(await connection.client(own_settings.state_dir()), redact=_redaction())


def _redaction() -> "Redact | None":
    """Most redact nothing, and load nothing for it. Raises SettingsError."""
    if not own_settings.secret("TOCSIN_REDACT"):
        return None
    import settings
    from starter.sources.redaction import redaction

    return redaction(settings.load().redact)


async def installation(known: "Incidents") -> "Installation":
    """What runs there, by what its worker has published. Raises Unpublished, and Unreachable."""
    from starter.temporal.installations import Installations

    return await Installations(known.connection).current()
