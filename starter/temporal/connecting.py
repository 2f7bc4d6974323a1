"""How every part reaches Temporal: `TEMPORAL_*` and temporal.toml, as Temporal's own tools read them."""

from collections.abc import Mapping

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime


async def connect(
    environment: Mapping[str, str] | None = None, *, lazy: bool = False, runtime: Runtime | None = None
) -> Client:
    """A client for the server that `environment` (by default this process's) or temporal.toml names.

    Raises RuntimeError when the server cannot be reached; a lazy client first tries when it is used, so that a gateway
    can start, and answer 503, while Temporal is away.
    """
    config = ClientConfig.load_client_connect_config(override_env_vars=dict(environment) if environment else None)
    return await Client.connect(**config, data_converter=pydantic_data_converter, lazy=lazy, runtime=runtime)
