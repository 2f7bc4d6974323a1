"""How much one connection, one address and all of them together may take before the gateway knows who they are.

uvicorn's parser keeps whatever is sent before a request's head is complete, for as long as it takes: 48 MB of headers
took 1.3 GiB, and 1,100 heads that never ended kept everybody else out. Here a head has a size, a number of headers and
a time, and connections have a number. What is cut is counted and, once a minute for each reason, logged.
"""

import asyncio
import resource
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger()

RESERVED = 100
"""Descriptors that are no connections of senders: Temporal, vendors, files."""
PER_CHUNK = 32
"""Bytes that may stand around a chunk of a body: its length and two line ends."""

LOOK_ONCE_MORE_S = 0.1
"""After its time a connection is read once more before it is cut: where this process or its machine stood still, what
an honest sender has sent meanwhile lies there, and uvloop calls timers first."""


class Cut(StrEnum):
    """Why a connection was closed."""

    LARGE_HEAD = "head too large"
    MANY_HEADERS = "too many headers"
    SLOW_HEAD = "head too slow"
    LARGE_TRAILER = "trailer too large"
    SLOW_BODY = "body after its answer"
    CROWDED = "too many connections"
    ONE_ADDRESS = "too many connections of one address"


@dataclass(frozen=True)
class Limits:
    head_bytes: int = 32_768
    """Request line and headers. Most servers allow 8 to 64 KiB."""
    headers: int = 100
    head_within_s: float = 10
    """From the first moment of a connection, or the first byte of its next request."""
    linger_s: float = 2
    """How long the rest of a body may follow an answer that did not wait for it."""
    connections: int = 2_000
    """At most; fewer where the process may not open so many descriptors."""
    share: float = 0.5
    """How much of them one address may have. A reverse proxy is one address."""
    log_every_s: float = 60

    @classmethod
    def fitting(cls) -> "Limits":
        """As many connections as this process may have descriptors for."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = cls.connections + RESERVED
        if soft < wanted:
            soft = min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return cls(connections=max(1, min(cls.connections, soft - RESERVED)))


@dataclass
class Door:
    """Who is connected, and who was turned away. Belongs to one event loop."""

    limits: Limits = field(default_factory=Limits)
    cuts: Counter[Cut] = field(default_factory=Counter)
    """Since the gateway started."""
    _waiting: "OrderedDict[Limited, None]" = field(default_factory=OrderedDict)
    """Connections without a request under way, the longest waiting first."""
    _addresses: Counter[str] = field(default_factory=Counter)
    _count: int = 0
    _logged: dict[Cut, tuple[float, int]] = field(default_factory=dict)
    """When a reason was logged last, and how often it had come by then."""

    def enter(self, connection: "Limited", address: str) -> None:
        """One that was let in waits for its request. Where there is no room, the one that has waited longest goes."""
        self._count += 1
        self._addresses[address] += 1
        self._waiting[connection] = None
        if self._count > self.limits.connections:
            self._make_room(Cut.CROWDED, connection)
        elif self._addresses[address] > max(1, self.limits.connections * self.limits.share):
            self._make_room(Cut.ONE_ADDRESS, connection, address)

    def leave(self, connection: "Limited", address: str) -> None:
        self._waiting.pop(connection, None)
        self._count -= 1
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def works(self, connection: "Limited") -> None:
        self._waiting.pop(connection, None)

    def waits(self, connection: "Limited") -> None:
        self._waiting[connection] = None

    def count(self, cut: Cut, address: str) -> None:
        self.cuts[cut] += 1
        now = asyncio.get_running_loop().time()
        logged_at, known = self._logged.get(cut, (-self.limits.log_every_s, 0))
        if now - logged_at >= self.limits.log_every_s:
            log.warning("connections are cut", reason=str(cut), count=self.cuts[cut] - known, last=address)
            self._logged[cut] = now, self.cuts[cut]

    def _make_room(self, cut: Cut, newest: "Limited", address: str | None = None) -> None:
        one = next((each for each in self._waiting if address in (None, each.address)), newest)
        one.cut(cut)


class Limited(HttpToolsProtocol):
    """uvicorn's protocol, held to limits. One for each connection."""

    door: Door
    """Of the server that it belongs to."""
    address = "?"
    _head_bytes = 0
    _head_is_open = True
    _body_is_open = False
    _began = False
    """A next request begins in what is being read: not all of that is its head."""
    _around_body = 0
    """Bytes of a body that are none of it: what frames its chunks, and trailers, which the parser keeps."""
    _is_cut = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the parent
        super().connection_made(transport)
        self.address = self.client[0] if self.client else "?"
        self._arm(self.door.limits.head_within_s, Cut.SLOW_HEAD)
        self.door.enter(self, self.address)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self.door.leave(self, self.address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_cut:
            return
        self._began, was_open = False, self._head_is_open
        super().data_received(data)
        if self._began and self._head_is_open and not self._is_cut:  # most heads come whole, and need no timer
            self._arm(self.door.limits.head_within_s, Cut.SLOW_HEAD)
        if self._head_is_open and not self._began:
            self._head_bytes += len(data)
            self._weigh()
        elif self._body_is_open and not was_open:
            self._around_body += len(data)
            if self._around_body > self.door.limits.head_bytes:
                self.cut(Cut.LARGE_TRAILER)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_is_open:  # afterwards it is a trailer, which nobody here reads
            super().on_header(name, value)

    def on_chunk_header(self) -> None:
        self._around_body -= PER_CHUNK

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        if not self._head_is_open:  # the next request of a connection that is kept
            self._began = self._head_is_open = True
            self._disarm()

    def on_headers_complete(self) -> None:
        self._head_bytes = max(self._head_bytes, len(self.url) + sum(len(n) + len(v) + 4 for n, v in self.headers))
        self._weigh()
        if self._is_cut:
            return
        self._head_is_open, self._body_is_open, self._around_body = False, True, 0
        self._disarm()
        self.door.works(self)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._around_body -= len(body)
        if not self._is_cut:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._body_is_open = False
        if not self._is_cut:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.door.waits(self)
        if self._body_is_open:
            self._arm(self.door.limits.linger_s, Cut.SLOW_BODY)

    def cut(self, cut: Cut) -> None:
        """Close it now, and count why."""
        if self._is_cut:
            return
        self._is_cut = True
        self._disarm()
        self.door.works(self)
        self.door.count(cut, self.address)
        if not self.transport.is_closing():
            self.transport.close()

    def _weigh(self) -> None:
        limits = self.door.limits
        if len(self.headers or ()) > limits.headers:
            self._refuse(Cut.MANY_HEADERS)
        elif self._head_bytes > limits.head_bytes:
            self._refuse(Cut.LARGE_HEAD)

    def _refuse(self, cut: Cut) -> None:
        if not self._is_cut and not self.transport.is_closing():
            status = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
            self.transport.write(status + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        self.cut(cut)

    def _arm(self, after_s: float, cut: Cut) -> None:
        self._disarm()
        self._timer = self.loop.call_later(after_s, self._look_once_more, cut)

    def _look_once_more(self, cut: Cut) -> None:
        self._timer = self.loop.call_later(LOOK_ONCE_MORE_S, self.cut, cut)

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn's, once it is known that nothing has come meanwhile."""
        self.timeout_keep_alive_task = self.loop.call_later(LOOK_ONCE_MORE_S, super().timeout_keep_alive_handler)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limited(door: Door) -> type[HttpToolsProtocol]:
    """The protocol for one server."""
    return type("LimitedTo", (Limited,), {"door": door})
