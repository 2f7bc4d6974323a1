"""Several pagers as one: which of them rings a person, and what each of them can do besides ringing."""

import hashlib
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from activities.errors import Rejected
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
    """A person is rung by the first pager that knows them, and by no other: nobody is paged twice for one page."""

    def __init__(self, pagers: Sequence[Pager]) -> None:
        self._pagers = pagers

    def knows(self, person: str) -> bool:
        return any(pager.knows(person) for pager in self._pagers)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        pager = self._of(send.effect.to)
        receipt = await pager.page(send, may_have_been_sent)
        return receipt if len(self._pagers) == 1 else _through(pager, receipt)

    async def sync(self, send: Send) -> Receipt:
        assert isinstance(send.effect, SyncPager)
        pager = self._of(send.effect.to)
        if isinstance(pager, SyncingPager):
            return await pager.sync(send)
        return Receipt(note=f"nothing stays open at {pager.name}")

    async def annotate(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Annotate)
        pager = self._of(send.effect.to)
        if isinstance(pager, AnnotatingPager):
            return await pager.annotate(send)
        return Receipt(note=f"not noted: {pager.name} shows no notes")

    async def confirm(self, send: Send) -> Receipt:
        assert isinstance(send.effect, ConfirmRing)
        pager = self._of(send.effect.to)
        if isinstance(pager, ProvingPager):
            return await pager.confirm(send)
        return Receipt(note=f"{pager.name} does not say whom it reached")

    def _of(self, person: str) -> Pager:
        """The first refuses whom nobody knows, and says which of its settings is missing."""
        return next((pager for pager in self._pagers if pager.knows(person)), self._pagers[0])


def _through(pager: Pager, receipt: Receipt) -> Receipt:
    note = f"{receipt.note}; through {pager.name}" if receipt.note else f"through {pager.name}"
    return receipt.model_copy(update={"note": note})


def fingerprint(person: str, key: str) -> str:
    """Names a route without giving its key away; it changes with the key, so that a new key is tried at once."""
    return hashlib.sha256(f"tocsin-route:{person}:{key}".encode()).hexdigest()[:12]


def open_route(person: str, key: str, page: Page, what: str) -> str:
    """The fingerprint of the route that a page takes. Raises Rejected when it was refused twice before."""
    route = fingerprint(person, key)
    if route in page.not_through:
        raise Rejected(f"{person}'s {what} was refused twice: not tried again until it is changed", route)
    return route
