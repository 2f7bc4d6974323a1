"""How much of bodies is in memory at once, whoever sends them: nobody has proved anything until a body is there whole.

The first part of each is free, so that an alert of usual length gets in whatever others send. Of the rest there is so
much room, half of it for one address; where there is none the sender is asked to send it again.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from starter.sources.refusal import later

FREE_BYTES = 64 * 2**10
"""Of each body. Two thousand connections may have 128 MiB of it."""
ROOM_BYTES = 64 * 2**20
SHARE = 0.5


@dataclass
class BodyRoom:
    """Of one gateway."""

    taken: Counter[str] = field(default_factory=Counter)
    """Bytes, by the address that they came from."""

    def take(self, more: int, address: str) -> None:
        """Until the request is over (`releasing`). Raises Refusal."""
        if self.taken.total() + more > ROOM_BYTES or self.taken[address] + more > ROOM_BYTES * SHARE:
            raise later("too much is being sent at once: send it again")
        self.taken[address] += more
        _HELD_BY_REQUEST.get().append((self, more, address))

    def release(self, much: int, address: str) -> None:
        self.taken[address] -= much
        if not self.taken[address]:
            del self.taken[address]


_HELD_BY_REQUEST: ContextVar[list[tuple[BodyRoom, int, str]]] = ContextVar("what the bodies of this request take")


@contextmanager
def releasing() -> Iterator[None]:
    """Around a request: what its body has taken is given back."""
    taken: list[tuple[BodyRoom, int, str]] = []
    before = _HELD_BY_REQUEST.set(taken)
    try:
        yield
    finally:
        _HELD_BY_REQUEST.reset(before)
        for bodies, much, address in taken:
            bodies.release(much, address)
