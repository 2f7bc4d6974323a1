"""One request to a gateway. By the standard library: its import costs a tenth of what a client library's does, and
somebody waits for it at 3 a.m."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

ANSWERS_WITHIN_S = 30.0
"""A call by hand is answered when it is known who rings."""


@dataclass(frozen=True)
class GatewayAccess:
    """`near`: it is this machine's, so no proxy is asked, nor reads the token."""

    url: str
    token: str
    near: bool


@dataclass(frozen=True)
class GatewayAnswer:
    url: str
    status: int
    body: bytes


class NotReached(Exception):
    """No gateway answers there."""


async def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, near: bool) -> GatewayAnswer:
    """`near`: on this machine, so by no proxy. Raises NotReached."""
    try:
        return await asyncio.to_thread(_call, method, url, headers, body, near)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: it is no address
        raise NotReached(str(error) or type(error).__name__) from None


class _StaysThere(HTTPRedirectHandler):
    """A token goes where its owner sent it, and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes | None, near: bool) -> GatewayAnswer:
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 (whose settings name it)
    if request.type not in ("http", "https"):
        raise ValueError(f"{request.type} is no way to a gateway")
    opener = build_opener(_StaysThere, *([ProxyHandler({})] if near else []))
    try:
        with opener.open(request, timeout=ANSWERS_WITHIN_S) as answer:
            return GatewayAnswer(url, answer.status, answer.read())
    except HTTPError as refused:
        with refused:
            return GatewayAnswer(url, refused.code, refused.read())
