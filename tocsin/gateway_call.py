"""One request to a gateway. By the standard library: its import costs a tenth of what a client library's does, and
somebody waits for it at 3 a.m."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_address
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

ANSWERS_WITHIN_S = 40.0
"""A call by hand is answered when it is known who rings, a test page when the pager has it."""


@dataclass(frozen=True)
class GatewayAccess:
    url: str
    token: str
    otherwise: str = ""
    """What to set to go another way, if it cannot be reached."""


@dataclass(frozen=True)
class GatewayAnswer:
    url: str
    status: int
    body: bytes


class NotReached(Exception):
    """No gateway answers there."""


async def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> GatewayAnswer:
    """What is on this machine is asked by no proxy: none is to read the token. Raises NotReached."""
    try:
        return await asyncio.to_thread(_call, method, url, headers, body)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: it is no address
        raise NotReached(str(error) or type(error).__name__) from None


class _StaysThere(HTTPRedirectHandler):
    """A token goes where its owner sent it, and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> GatewayAnswer:
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 (whose settings name it)
    if request.type not in ("http", "https"):
        raise ValueError(f"{request.type} is no way to a gateway")
    opener = build_opener(_StaysThere, *([ProxyHandler({})] if _on_this_machine(url) else []))
    try:
        with opener.open(request, timeout=ANSWERS_WITHIN_S) as answer:
            return GatewayAnswer(url, answer.status, answer.read())
    except HTTPError as refused:
        with refused:
            return GatewayAnswer(url, refused.code, refused.read())


def _on_this_machine(url: str) -> bool:
    """As a browser sees it: https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy"""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback or address.is_unspecified
