"""Which Temporal a command talks to: the configured one, else the one of a running `tocsin up`, else the usual address.

Configured means `TEMPORAL_ADDRESS` or an address in temporal.toml, as Temporal's own tools read them.
"""

import os
from pathlib import Path

from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile
from temporalio.runtime import Runtime

from starter.temporal.connecting import connect
from tocsin.failure import ExitCode, Failure
from tocsin.up.folder import Folder

USUAL_ADDRESS = "127.0.0.1:7233"


def configured_address() -> str | None:
    """Raises Failure if temporal.toml cannot be read."""
    try:
        return ClientConfigProfile.load().address
    except RuntimeError as error:
        raise Failure(f"temporal.toml: {error}") from None


def environment(embedded_address: str) -> dict[str, str]:
    """This process's environment with the embedded server as the only Temporal it names."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return {**ours, "TEMPORAL_ADDRESS": embedded_address, "TEMPORAL_CONFIG_FILE": os.devnull}


async def client(state_dir: Path, *, lazy: bool = False, runtime: Runtime | None = None) -> Client:
    """Raises Failure when the server cannot be reached; a lazy client tries only when it is used."""
    configured = configured_address()
    up = Folder(state_dir).running()
    where = configured or (up.temporal if up else USUAL_ADDRESS)
    try:
        return await connect(os.environ if configured else environment(where), lazy=lazy, runtime=runtime)
    except RuntimeError as error:
        raise Failure(
            f"cannot reach Temporal at {where}: is `tocsin up` running? ({_cause(error)})", ExitCode.not_reached
        ) from None


def _cause(error: RuntimeError) -> str:
    """The last part of the SDK's chain of causes is the operating system's own words."""
    text = str(error)
    return text.rsplit('message: "', 1)[-1].split('"', 1)[0] if 'message: "' in text else text
