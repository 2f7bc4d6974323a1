"""Runs the gateway on a socket, with its canary."""

import asyncio
import gc
import socket
from collections.abc import Callable

import structlog
import uvicorn

from settings import Settings, SettingsError
from starter.gateway.admission import Unproved
from starter.gateway.app import create_app
from starter.gateway.canary import Canary
from starter.gateway.limits import Door, Limits, limited
from starter.gateway.locality import is_loopback
from starter.gateway.reachable import reachable
from starter.gateway.routes.slack import PressedChat
from starter.gateway.trusted_proxies import BehindProxies
from starter.runbooks.default import require_default
from starter.runbooks.library import Library
from starter.sources import verify
from starter.sources.table import SOURCES
from starter.temporal.incidents import Incidents

log = structlog.get_logger()


async def serve(
    settings: Settings,
    library: Library,
    incidents: Incidents,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    allow_unauthenticated: bool = False,
    allow_local: bool = False,
    limits: Limits | None = None,
    on_listening: Callable[[str], None] | None = None,
    chat: PressedChat | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished. Port 0 is any free one.

    `allow_local`: what is plainly from this machine needs no secret where none is set.
    `limits` are those that fit this process if left out.
    `chat` answers what people do there.
    `on_listening` gets the address, such as `http://127.0.0.1:8080`. Raises SettingsError.
    """
    _demand(settings, library, host, exposed=not is_loopback(host) and not allow_unauthenticated)
    unproved = Unproved.ANYBODY if allow_unauthenticated else Unproved.LOCAL if allow_local else Unproved.NOBODY
    listener = _listen(host, port)
    address = _address(listener)
    canary = Canary(incidents, address)
    door = Door(limits or Limits.fitting())
    app = create_app(settings, library, incidents, unproved=unproved, canary=canary, door=door, chat=chat)
    config = uvicorn.Config(
        BehindProxies(app, settings.trusted_proxies, settings.user_header),
        http=limited(door),
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=5,
        proxy_headers=False,  # uvicorn would believe whoever is on this machine
    )
    server = uvicorn.Server(config)
    app.state.board.closes_when(lambda: server.should_exit)  # who watches would hold the stop up
    if on_listening:
        on_listening(address)
    gc.freeze()  # what there is now stays: not to be looked through again and again while alerts come
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True  # uvicorn closes its sockets only when it ends by itself
        await serving
        raise


def _demand(settings: Settings, library: Library, host: str, *, exposed: bool) -> None:
    if wrong := verify.unusable(settings.generic_secrets):
        numbers = ", ".join(map(str, wrong))
        raise SettingsError(
            f"TOCSIN_GENERIC_SECRETS: not a Standard Webhooks secret (`whsec_` and base64): number {numbers}"
        )
    require_default(library, settings)
    if exposed and not any(getattr(settings, source.secrets) for source in SOURCES.values()):
        raise SettingsError(
            f"{host} can be reached from other machines, and anybody there could open incidents: set "
            "TOCSIN_ALERTMANAGER_TOKENS or the secret of another source (docs/sources), or say --allow-unauthenticated"
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror}. Choose another port") from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it only on sockets that it made
    return listener


def _address(listener: socket.socket) -> str:
    """Where this process reaches itself."""
    host, port = listener.getsockname()[:2]
    ours = reachable(host)
    return f"http://[{ours}]:{port}" if ":" in ours else f"http://{ours}:{port}"
