"""Which ports the parts listen on: the ones that were asked for, else those of last time, else free ones."""

import secrets
import socket
from collections import Counter
from collections.abc import Collection, Iterable

from tocsin.failure import Failure

HostPort = tuple[str, int]


_given: set[int] = set()
"""Free ports that this process has named."""


class PortTaken(Failure):
    """Somebody else listens there, and nobody allowed us to move."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with _listen(port, host):
            return True
    except OSError:
        return False


def each_once(fixed: Iterable[int | None]) -> frozenset[int]:
    """Those that are not negotiable, for the others to keep away from. Raises PortTaken."""
    counted = Counter(filter(None, fixed))
    for port, parts in counted.items():
        if parts > 1:
            raise PortTaken(f"port {port} is asked for twice: each part needs one of its own")
    return frozenset(counted)


def choose(asked: int | None, usual: Iterable[int], not_one_of: Collection[int] = ()) -> int:
    """`asked` for by an option is not negotiable (0: any free one); otherwise the first free one of `usual`, or any.

    Raises PortTaken.
    """
    if asked is not None:
        return _insist(asked, "127.0.0.1", f"port {asked} is taken: choose another, or leave the option out")
    return next((port for port in usual if port not in not_one_of and is_free(port)), None) or _any()


def hidden() -> HostPort:
    """A loopback address that no web page can guess, where the system has more than one, as Linux does."""
    guess = secrets.token_bytes(2)
    host = f"127.{guess[0]}.{guess[1]}.{secrets.randbelow(254) + 1}"
    return (host, _any(host)) if is_free(0, host) else ("127.0.0.1", _any())


def choose_gateway(
    asked: int | None, remembered: int | None, default: int, host: str, not_one_of: Collection[int | None] = ()
) -> int:
    """The gateway's port is what Alertmanager and PagerDuty are told: once it was used, only a person may change it.

    Raises PortTaken.
    """
    if asked is None and remembered is not None:
        return _insist(
            remembered,
            host,
            f"port {remembered}, which this gateway had before, is taken: your alert senders call it. "
            "Free it, or move the gateway with --gateway-port (and tell the senders)",
        )
    if asked is not None:
        return _insist(asked, host, f"port {asked} is taken: choose another with --gateway-port")
    return default if default not in not_one_of and is_free(default, host) else _any(host)


def _insist(port: int, host: str, otherwise: str) -> int:
    if port == 0:
        return _any(host)
    if not is_free(port, host):
        raise PortTaken(otherwise)
    return port


def _any(host: str = "127.0.0.1") -> int:
    """Never one twice: nobody listens yet on what was given before, so the system takes it for free."""
    while True:
        with _listen(0, host) as listener:
            port: int = listener.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def _listen(port: int, host: str) -> socket.socket:
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
