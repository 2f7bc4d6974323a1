"""A vendor says no: status and body in that vendor's own words."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import JSONResponse


class VendorError(Exception):
    """Raised by the vendors' rules; becomes the HTTP answer."""

    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


async def answer_in_vendors_words(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, VendorError)
    return JSONResponse(error.body, error.status)
