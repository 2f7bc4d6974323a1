"""Documents, in a folder or a bucket: what Tocsin wrote is kept up to date, what people wrote is kept.

The generated part of a document stands between two marks, and the first of them bears a hash of it. Only a part that
is still as we wrote it is replaced; everything outside is kept byte for byte. Where somebody has written between the
marks, or has taken them away, that document is theirs: what is new is written beside it, and that is said.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from activities.errors import Unavailable
from workflows.policy.effects.effects import Receipt, Send, WriteDocument

BESIDE = 9
"""How many documents may stand beside one that people have taken over."""
ATTEMPTS = 3
"""To write what somebody else changes at the same moment."""

MARKED = re.compile(
    rb"^<!-- tocsin:begin(?: sha256=(?P<hash>[0-9a-f]{64}))? -->\r?\n(?P<part>.*?)^<!-- tocsin:end -->[ \t]*\r?$",
    re.DOTALL | re.MULTILINE,
)
MARK = re.compile(rb"<!-- *tocsin:(begin|end)")
DOCUMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class WrittenMeanwhile(Exception):
    """Somebody else wrote it meanwhile: nothing was written."""


@dataclass(frozen=True)
class Stored:
    content: bytes
    version: str


class Store(Protocol):
    """Keeps documents by (folder, name). All of them raise Unavailable or Rejected."""

    def read(self, folder: str, name: str) -> Stored | None: ...

    def write(self, folder: str, name: str, content: bytes, over: Stored | None) -> None:
        """Only if what is there is still `over` (None: nothing). Raises Changed."""

    def address(self, folder: str, name: str) -> str:
        """For people."""


class DocumentWriter:
    """`write_document` raises Unavailable or Rejected."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write_document(self, send: Send) -> Receipt:
        return await asyncio.to_thread(self._write, send)

    def _write(self, send: Send) -> Receipt:
        assert isinstance(send.effect, WriteDocument)
        folder, base = _plain_name(send.incident), _plain_name(send.effect.name)
        theirs: list[str] = []
        for name in _names(base):
            if self._written(folder, name, send.text.encode(errors="replace")):
                return self._receipt(folder, name, theirs)
            theirs.append(name)
        address = self._store.address(folder, theirs[0])
        return Receipt(reference=address, note="it has been taken over by people, and was left alone", warns=True)

    def _receipt(self, folder: str, name: str, theirs: list[str]) -> Receipt:
        if not theirs:
            return Receipt(reference=self._store.address(folder, name))
        said = f"somebody has written in the part that Tocsin keeps; what is new is in {name}"
        return Receipt(reference=self._store.address(folder, theirs[0]), note=said, warns=True)

    def _written(self, folder: str, name: str, text: bytes) -> bool:
        """Not if people have taken it over."""
        for _ in range(ATTEMPTS):
            stored = self._store.read(folder, name)
            content = sealed(text) if stored is None else merged(stored.content, text)
            if content is None:
                return False
            if stored is not None and content == stored.content:
                return True
            try:
                self._store.write(folder, name, content, over=stored)
            except WrittenMeanwhile:
                continue
            return True
        raise Unavailable(f"{name} is being changed all the time")


def sealed(text: bytes) -> bytes:
    """A document as it is first written. Marks beyond the first pair would be ours to trip over."""
    found = MARKED.search(text)
    if found is None:
        return _unmarked(text)
    return _unmarked(text[: found.start()]) + _marked(found["part"]) + _unmarked(text[found.end() :])


def merged(there: bytes, text: bytes) -> bytes | None:
    """What is there with the generated part of `text` in it; None if that part is not ours any more."""
    found, new = MARKED.search(there), MARKED.search(text)
    if found is None or new is None or len(MARK.findall(there)) != 2:
        return None
    if found["hash"] is None or found["hash"].decode() != _hash(found["part"]):
        return None
    if _hash(new["part"]) == _hash(found["part"]):
        return there
    return there[: found.start()] + _marked(new["part"]) + there[found.end() :]


def _marked(part: bytes) -> bytes:
    part = _unmarked(part)
    return f"<!-- tocsin:begin sha256={_hash(part)} -->\n".encode() + part + b"<!-- tocsin:end -->"


def _unmarked(text: bytes) -> bytes:
    return MARK.sub(rb"<!- - tocsin:\1", text)


def _hash(part: bytes) -> str:
    """Of what it says: an editor that changes line ends or drops trailing blanks has not written in it."""
    return hashlib.sha256(b"\n".join(line.rstrip() for line in part.splitlines())).hexdigest()


def _names(base: str) -> Iterator[str]:
    yield f"{base}.md"
    yield from (f"{base}.{number}.md" for number in range(2, BESIDE + 2))


def _plain_name(name: str) -> str:
    """A name that is no path, whatever came in; two different names never become one."""
    if DOCUMENT_NAME.fullmatch(name):
        return name
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:40]
    return f"{kept or 'document'}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:12]}"
