"""What `up` is going to run, and where: decided once, before anything starts."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from settings import Settings
from starter.gateway.reachable import reachable
from tocsin.up import ports
from tocsin.up.folder import LastUp
from tocsin.up.ports import HostPort
from worker.pager import require_pager

GATEWAY_PORT, TEMPORAL_PORT, UI_PORT, SANDBOX_PORT, MAIL_PORT = 8080, 7233, 8233, 8099, 8025


@dataclass(frozen=True)
class Options:
    """What the command line asked for; a port that is None was left to us, 0 is any free one."""

    host: str = "127.0.0.1"
    gateway_port: int | None = None
    temporal_port: int | None = None
    ui_port: int | None = None
    sandbox_port: int | None = None
    allow_unauthenticated: bool = False


ANY_PORTS = Options(gateway_port=0, temporal_port=0, ui_port=0, sandbox_port=0)
"""Beside whatever else runs on the machine."""


@dataclass(frozen=True)
class Layout:
    host: str
    """Where the gateway listens; everything else stays on loopback."""
    gateway_port: int
    temporal: str
    embedded: bool
    """The Temporal server is ours to run, in the state folder."""
    temporal_port: int
    ui_port: int
    """Where people reach Temporal's UI ..."""
    ui_behind: HostPort
    """... and where it is: see `ui_door`."""
    sandbox_port: int | None
    """None: no sandbox, the adapters point at the vendors."""
    mail_port: int | None = None
    """Of the sandbox's mail server."""
    allow_unauthenticated: bool = False

    @property
    def reachable(self) -> str:
        """The gateway's host as this machine reaches it."""
        return reachable(self.host)

    @property
    def published(self) -> LastUp:
        """What the state folder tells others."""
        host = f"[{self.reachable}]" if ":" in self.reachable else self.reachable
        return LastUp(
            temporal=self.temporal,
            gateway=f"http://{host}:{self.gateway_port}",
            ui=f"http://127.0.0.1:{self.ui_port}" if self.embedded else None,
            sandbox=f"http://127.0.0.1:{self.sandbox_port}" if self.sandbox_port else None,
        )


def lay_out(options: Options, settings: Settings, last: LastUp | None, configured_temporal: str | None) -> Layout:
    """`last`: the `up` of last time. `configured_temporal`: a server that is not ours to start.

    Raises PortTaken, and SettingsError when there would be no pager.
    """
    embedded = configured_temporal is None
    sandboxed = embedded and not settings.any_vendor
    if not sandboxed:
        require_pager(settings)
    had = _port(last.gateway if last else None)
    asked = (options.temporal_port, options.ui_port, options.sandbox_port)
    gateway_port = ports.choose_gateway(options.gateway_port, had, GATEWAY_PORT, options.host, asked)
    fixed = ports.each_once((gateway_port, *asked))
    temporal_port = ports.choose(
        options.temporal_port, _usual(f"//{last.temporal}" if last else None, TEMPORAL_PORT), fixed
    )
    sandbox_usual = _usual(last.sandbox if last else None, SANDBOX_PORT)
    return Layout(
        host=options.host,
        gateway_port=gateway_port,
        temporal=configured_temporal or f"127.0.0.1:{temporal_port}",
        embedded=embedded,
        temporal_port=temporal_port,
        ui_port=ports.choose(options.ui_port, _usual(last.ui if last else None, UI_PORT), fixed),
        ui_behind=ports.hidden(),
        sandbox_port=ports.choose(options.sandbox_port, sandbox_usual, fixed) if sandboxed else None,
        mail_port=ports.choose(None, (MAIL_PORT,), fixed) if sandboxed else None,
        allow_unauthenticated=options.allow_unauthenticated,
    )


def _port(url: str | None) -> int | None:
    return urlsplit(url).port if url else None


def _usual(last: str | None, default: int) -> tuple[int, ...]:
    remembered = _port(last)
    return (remembered, default) if remembered else (default,)
