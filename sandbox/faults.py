"""Outages on demand: which request fails, how, and in whose words."""

from http import HTTPStatus
from http.client import responses
from typing import Literal

from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.wire import Vendor


class Fault(BaseModel):
    """What `POST /control/faults` takes. The oldest fault that fits a request is the one that happens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: Vendor
    method: str | None = None
    """A part of the request's path, such as `chat.postMessage`, `enqueue` or `/notes`."""
    match: str | None = None
    """A part of the request's query or body, such as a routing key."""
    status: int | None = Field(None, ge=400, le=599)
    error: str | None = None
    """The vendor's word for it; for Slack it comes with 200 unless `status` says otherwise, as Slack does."""
    retry_after: int | None = Field(None, ge=0)
    delay_s: float = Field(0.0, ge=0)
    """Seconds to wait first. With nothing else set the request then goes on as usual: a slow vendor."""
    drop: Literal["before", "after"] | None = None
    """Cut the connection without an answer: before the effect, or after it (a lost reply)."""
    times: int | None = Field(None, ge=1)
    """How often; until cleared if unset."""

    def fits(self, vendor: Vendor, path: str, payload: str) -> bool:
        return self.vendor == vendor and (self.method or "") in path and (self.match or "") in payload

    def answer(self, path: str) -> Response | None:
        """What the vendor says instead of doing it, or None if this fault lets the request through."""
        if self.status is None and self.error is None:
            return None
        status = self.status or (200 if self.vendor == "slack" else 400)
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and self.error is None:
            # A vendor's load balancer fails in HTML, and clients must survive that.
            return HTMLResponse(
                f"<html><body><h1>{responses.get(status, str(status))}</h1></body></html>", status, headers
            )
        return JSONResponse(self._words(status, path), status, headers)

    def _words(self, status: int, path: str) -> dict[str, object]:
        limited = status == HTTPStatus.TOO_MANY_REQUESTS
        if self.vendor == "slack":
            return {"ok": False, "error": self.error or ("ratelimited" if limited else "fatal_error")}
        phrase = self.error or responses.get(status, str(status))
        if self.vendor in ("statuspage", "webhook"):
            return {"error": phrase}
        if self.vendor == "opsgenie":
            return {"message": phrase}
        if self.vendor == "twilio":
            return {"code": status * 50, "message": phrase, "status": status}
        if self.vendor == "ntfy":
            return {"code": status * 100, "http": status, "error": phrase}
        if self.vendor == "jira":
            return {"errorMessages": [phrase], "errors": {}}
        if path.endswith("/enqueue"):
            return {"status": "throttle exceeded" if limited else "invalid event", "message": phrase, "errors": []}
        return {"error": {"message": phrase, "code": 2020 if limited else 2001, "errors": []}}


class Faults:
    def __init__(self) -> None:
        self._left: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        self._left.append((fault, fault.times))

    def take(self, vendor: Vendor, path: str, payload: str) -> Fault | None:
        """The fault that this request runs into; it counts as used."""
        for position, (fault, times) in enumerate(self._left):
            if not fault.fits(vendor, path, payload):
                continue
            if times == 1:
                del self._left[position]
            elif times is not None:
                self._left[position] = (fault, times - 1)
            return fault
        return None

    def current(self) -> list[Fault]:
        return [fault for fault, _ in self._left]

    def clear(self) -> None:
        self._left.clear()
