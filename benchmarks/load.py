"""Webhooks over raw keep-alive connections: the least that a sender can cost on the cores that everything shares."""

import asyncio
import time
from collections import deque

from pydantic import BaseModel, ConfigDict

from benchmarks.bodies import Bodies
from benchmarks.pressed import PressedButtons
from benchmarks.processes import Took, serve


class Load(BaseModel):
    """Each sender sends again when it was answered; or, with a `rate`, so many are due a second and wait for a sender
    if none is free."""

    model_config = ConfigDict(frozen=True)

    port: int
    bodies: Bodies | PressedButtons
    senders: int
    seconds: float | None = None
    """Nothing is begun after that."""
    count: int | None = None
    """At most so many."""
    rate: float | None = None
    runbook: str | None = None
    """The one that the address names."""

    def request(self, number: int) -> bytes:
        body = self.bodies.of(number)
        chosen = f"?runbook={self.runbook}" if self.runbook else ""
        head = (
            f"POST {self.bodies.path}{chosen} HTTP/1.1",
            "Host: 127.0.0.1",
            *self.bodies.headers(body),
            f"Content-Length: {len(body)}",
        )
        return b"%b\r\n\r\n%b" % ("\r\n".join(head).encode(), body)


class _LoadSender(asyncio.Protocol):
    def __init__(self, traffic: "_Traffic") -> None:
        self._traffic = traffic
        self._answer = bytearray()
        self._asked: tuple[int, float] | None = None
        """The request's number, and when it was due."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes, number: int, due: float) -> None:
        self._asked = number, due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head = self._answer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._answer.find(b"content-length: ")
        length = int(self._answer[at + 16 : self._answer.find(b"\r\n", at)])
        if len(self._answer) >= head + 4 + length:
            status, asked = int(self._answer[9:12]), self._asked
            assert asked is not None
            self._answer.clear()
            self._asked = None
            self._traffic.answered(self, *asked, status)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio passes it)
        self._traffic.hung_up(self, in_the_middle=self._asked is not None)

    def close(self) -> None:
        self._transport.abort()


class _Traffic:
    def __init__(self, load: Load) -> None:
        self._load = load
        self._number = 0
        self._open = 0
        self._begun: list[float] = []
        self._took: list[float] = []
        self._answered: list[int] = []
        self._failures = 0
        self._free: deque[_LoadSender] = deque()
        self._due: deque[float] = deque()
        self._idle = asyncio.Event()

    async def run(self) -> Took:
        loop, senders = asyncio.get_running_loop(), list[_LoadSender]()
        for _ in range(self._load.senders):
            _, sender = await loop.create_connection(lambda: _LoadSender(self), "127.0.0.1", self._load.port)
            senders.append(sender)
        self._ends = time.time() + (self._load.seconds or 1e9)
        if self._load.rate is None:
            for sender in senders:
                self._next(sender)
        else:
            self._free.extend(senders)
            await self._in_time(self._load.rate)
        await self._idle.wait()
        for sender in senders:
            sender.close()
        return Took(begun=self._begun, seconds=self._took, numbers=self._answered, failures=self._failures)

    async def _in_time(self, rate: float) -> None:
        start = time.time()
        while self._may_begin():
            due = start + (self._number + len(self._due)) / rate
            if (wait := due - time.time()) > 0:
                await asyncio.sleep(wait)
            if self._free:
                self._send(self._free.pop(), due)  # the one that was idle for the shortest time
            else:
                self._due.append(due)

    def _may_begin(self) -> bool:
        begun = self._number + len(self._due)
        return time.time() < self._ends and (self._load.count is None or begun < self._load.count)

    def _next(self, sender: _LoadSender) -> None:
        if self._due:
            self._send(sender, self._due.popleft())
        elif self._load.rate is not None:
            self._free.append(sender)
        elif self._may_begin():
            self._send(sender, time.time())

    def _send(self, sender: _LoadSender, due: float) -> None:
        self._open += 1
        self._idle.clear()
        sender.send(self._load.request(self._number), self._number, due)
        self._number += 1

    def answered(self, sender: _LoadSender, number: int, due: float, status: int) -> None:
        self._open -= 1
        if status == self._load.bodies.accepted:
            self._begun.append(due)
            self._took.append(time.time() - due)
            self._answered.append(number)
        else:
            self._failures += 1
        self._next(sender)
        if not self._open:
            self._idle.set()

    def hung_up(self, sender: _LoadSender, in_the_middle: bool) -> None:
        """A server may close what is idle for some seconds; there are others."""
        if in_the_middle:
            raise SystemExit("the gateway hung up")
        if sender in self._free:
            self._free.remove(sender)


async def measure(load: Load) -> Took:
    return await _Traffic(load).run()


if __name__ == "__main__":
    serve(Load, measure)
