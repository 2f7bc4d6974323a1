"""Several pagers as one: which of them rings a person, and what each of them can do besides ringing."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol, runtime_checkable

from activities.attempts import RING_WITHIN_S
from activities.errors import Rejected, Unavailable
from workflows.policy.effects.effects import Annotate, ConfirmRing, Page, Receipt, Send, SyncPager


class Pager(Protocol):
    """What every pager can do. `page` looks first for an earlier attempt's page, if the pager can tell."""

    name: str

    def knows(self, person: str) -> bool: ...
    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt: ...


@runtime_checkable
class SyncingPager(Protocol):
    """A pager at which a page stays open until somebody acknowledges or resolves it there."""

    async def sync(self, send: Send) -> Receipt: ...


@runtime_checkable
class AnnotatingPager(Protocol):
    """A pager that shows notes under a page."""

    async def annotate(self, send: Send) -> Receipt: ...


@runtime_checkable
class ProvingPager(Protocol):
    """A pager that can say whom a page reached."""

    async def confirm(self, send: Send) -> Receipt: ...


class Pagers:
    """A person is rung by the way that their runbook says. Where it says none, by the first pager that knows them, and
    by no other: nobody is paged twice for one page."""

    def __init__(self, pagers: Sequence[Pager], ways: Mapping[str, Pager] | None = None) -> None:
        """`ways`: by the names that runbooks have for them; more than `pagers`, which are asked without being named."""
        self._pagers = pagers
        self._ways = ways or {}

    def knows(self, person: str) -> bool:
        return any(pager.knows(person) for pager in self._pagers)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        pager = self._of(send.effect)
        receipt = await pager.page(_addressed(send, send.effect), may_have_been_sent)
        return _through(pager, receipt) if send.effect.way or len(self._pagers) > 1 else receipt

    async def sync(self, send: Send) -> Receipt:
        assert isinstance(send.effect, SyncPager)
        pager = self._of(send.effect)
        if not isinstance(pager, SyncingPager):
            return Receipt(note=f"nothing stays open at {pager.name}")
        try:
            async with asyncio.timeout(RING_WITHIN_S):  # it has a slot that a page may need
                return await pager.sync(_addressed(send, send.effect))
        except TimeoutError:
            raise Unavailable(f"{pager.name} did not answer within {RING_WITHIN_S} s") from None

    async def annotate(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Annotate)
        pager = self._of(send.effect)
        if isinstance(pager, AnnotatingPager):
            return await pager.annotate(_addressed(send, send.effect))
        return Receipt(note=f"not noted: {pager.name} shows no notes")

    async def confirm(self, send: Send) -> Receipt:
        assert isinstance(send.effect, ConfirmRing)
        pager = self._of(send.effect)
        if isinstance(pager, ProvingPager):
            return await pager.confirm(_addressed(send, send.effect))
        return Receipt(note=f"{pager.name} does not say whom it reached")

    def _of(self, effect: Page | SyncPager | Annotate | ConfirmRing) -> Pager:
        """The first refuses whom nobody knows, and says which of its settings is missing. Raises Rejected."""
        if effect.way:
            if effect.way not in self._ways:
                raise Rejected(f"{effect.way} is not connected, by which {effect.to} is to be reached: docs/reach.md")
            return self._ways[effect.way]
        if not self._pagers:
            raise Rejected("no pager is connected: docs/reach.md says which there are")
        return next((pager for pager in self._pagers if pager.knows(effect.to)), self._pagers[0])


def _addressed(send: Send, effect: Page | SyncPager | Annotate | ConfirmRing) -> Send:
    """To the name under which the settings have the address."""
    if not effect.address:
        return send
    return send.model_copy(update={"effect": effect.model_copy(update={"to": effect.address})})


def _through(pager: Pager, receipt: Receipt) -> Receipt:
    note = f"{receipt.note}; through {pager.name}" if receipt.note else f"through {pager.name}"
    return receipt.model_copy(update={"note": note})


@cache
def peppered(*secrets: str) -> str:
    """What people chose is guessed from a plain hash, and a fingerprint stands in histories. This takes time, once, and
    whoever guesses has to guess all of them together."""
    together = "\0".join(sorted(secrets)).encode(errors="replace")
    return hashlib.scrypt(together, salt=b"tocsin-route", n=2**13, r=8, p=1, dklen=16).hex()


def fingerprint(person: str, *keys: str) -> str:
    """Names a route without giving its keys away; it changes with each of them, so that a new one is tried at once.
    `keys`: the person's own, and whatever else of the settings it may be refused for."""
    return hashlib.sha256(":".join(("tocsin-route", person, *keys)).encode()).hexdigest()[:12]


def open_route(page: Page, what: str, *keys: str) -> str:
    """The fingerprint of the route that a page takes. Raises Rejected when it was refused twice before."""
    route = fingerprint(page.to, *keys)
    if route in page.not_through:
        raise Rejected(f"{page.to}'s {what} was refused twice: not tried again until it is changed", route)
    return route
