"""Is a request plainly from this machine? A loopback address alone says nothing: a proxy on the same machine has one,
and so has any web page that makes somebody's browser send something to 127.0.0.1."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

PROXY_HEADERS: Final = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"}
)
"""And whatever begins with `x-forwarded` or names another proxy's client."""
_PREFIXES: Final = ("x-forwarded", "x-original-", "x-envoy-", "cf-")
_OWN_SITE: Final = ("same-origin", "none")
"""What a browser says of a page of ours, or of an address that somebody typed: https://www.w3.org/TR/fetch-metadata/"""


_PLAINLY: Final = re.compile(r"(?:127\.0\.0\.1|localhost)(?::(?:[1-9]\d{0,3}|[1-5]\d{4}))?", re.ASCII)
"""How nearly all say it who are on this machine: such a Host need not be taken apart."""


def is_loopback(host: str) -> bool:
    """A name other than `localhost` may lead anywhere."""
    try:
        return host in ("127.0.0.1", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def why_not_local(request: Request) -> str:
    """Empty: nothing says that it comes from elsewhere."""
    return next(_doubts(request), "")


def _doubts(request: Request) -> Iterator[str]:
    headers = request.headers
    if not (request.client and is_loopback(request.client.host)):
        yield "it comes from another machine"
    if request.scope.get("http_version") == "1.0":  # nginx speaks it to those behind it, and names no client
        yield "it is HTTP/1.0, as proxies speak it"
    for name in headers:
        if name in PROXY_HEADERS or name.startswith(_PREFIXES):
            yield f"it has come through a proxy ({name})"
    if len(headers.getlist("host")) != 1 or not _names_this_machine(headers["host"]):
        yield "its Host is not a loopback address"
    if headers.get("sec-fetch-site", "none").lower() not in _OWN_SITE:
        yield "a web page sends it (Sec-Fetch-Site)"
    yield from _foreign_pages(headers)


def _foreign_pages(headers: Headers) -> Iterator[str]:
    for name in ("origin", "referer"):
        for address in headers.getlist(name):
            if not _is_ours(address, headers.get("host", "")):
                yield f"a web page sends it ({name.capitalize()})"


def _is_ours(address: str, host: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _names_this_machine(host: str) -> bool:
    if _PLAINLY.fullmatch(host):
        return True
    try:
        parts = urlsplit(f"//{host}")
        return "@" not in host and is_loopback(parts.hostname or "") and not parts.path and parts.port != 0
    except ValueError:
        return False
