"""Whose word on where a request came from is believed: that of configured proxies, and nobody else's."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from settings.access import Network

FORWARDED_FOR: Final = b"x-forwarded-for"
FORWARDED_PROTO: Final = b"x-forwarded-proto"
MOST_HOPS: Final = 10
"""Of the addresses that proxies name, the last ones: what stands before them may be anybody's."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BehindProxies:
    """The application, as it is called with the sender's own address in place of its proxy's.

    `user_header`, in which a proxy says who has logged in, is taken away when somebody else sends it, and when there
    are two of it: a proxy that adds its own lets one through that anybody may have sent.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network], user_header: str) -> None:
        self._app = app
        self._proxies = tuple(proxies)
        self._user_header = user_header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            by_proxy = bool(self._proxies and client and self._is_proxy(_address(client[0])))
            if by_proxy:
                scope = self._as_its_proxy_says(scope)
            if self._user_header and not (by_proxy and self._users(scope) == 1):
                headers = [(name, value) for name, value in scope["headers"] if name != self._user_header]
                scope = {**scope, "headers": headers}
        await self._app(scope, receive, send)

    def _users(self, scope: Scope) -> int:
        return sum(name == self._user_header for name, _ in scope["headers"])

    def _as_its_proxy_says(self, scope: Scope) -> Scope:
        address, port = scope["client"]
        said = [value for name, value in scope["headers"] if name == FORWARDED_FOR]
        encrypted = any(value == b"https" for name, value in scope["headers"] if name == FORWARDED_PROTO)
        scheme = "https" if encrypted else scope["scheme"]
        return {**scope, "client": (self._sender(address, said), port), "scheme": scheme}

    def _sender(self, proxy: str, said: Iterable[bytes]) -> str:
        """The first, seen from here, that is none of ours. What is no address is not shown to anybody."""
        hops = b",".join(said).rsplit(b",", MOST_HOPS)[-MOST_HOPS:]
        sender = proxy
        for hop in reversed(hops):
            address = _address(hop.decode("latin-1").strip())
            if address is None:
                break
            sender = str(address)
            if not self._is_proxy(address):
                break
        return sender

    def _is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._proxies)


def _address(text: str) -> Address | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text)  # a zone may be any text
    except ValueError:
        return None
