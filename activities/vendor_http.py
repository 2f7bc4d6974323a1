"""One request to a vendor over HTTP: sent once, and its failures are our two kinds."""

import logging
from collections.abc import Awaitable

import httpx

from activities.errors import Rejected, Unavailable, vendor_error

HTTP_TIMEOUT_S = 5
"""Seconds to connect, and again to answer. Our number: a vendor that is well answers in less than one."""

# Some addresses are secrets, and httpx logs every one at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

KEY_REFUSED = frozenset({401, 403})


async def reached(vendor: str, request: Awaitable[httpx.Response]) -> httpx.Response:
    """Raises Unavailable. The address, which may be a secret, is not in its message."""
    try:
        return await request
    except httpx.HTTPError as error:
        raise Unavailable(f"{vendor} could not be reached: {type(error).__name__}") from None


def refused(
    response: httpx.Response, message: str, route: str | None = None, setting: str = ""
) -> Unavailable | Rejected:
    """What an answer other than success means: see `errors.vendor_error`. `setting`: what a refused key stands in."""
    if setting and response.status_code in KEY_REFUSED:
        message = f"{message}: set {setting}"
    return vendor_error(message, response.status_code, response.headers.get("Retry-After"), route)
