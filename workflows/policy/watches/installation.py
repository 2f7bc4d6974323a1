"""The running installation: what its worker has loaded and how it runs. It owns this: a command brings none of it."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire

ABSENT = "not loaded"


class Publication(Wire):
    """What is said of an installation to people and programs: which runbooks, by which content, from whom."""

    default: str
    runbooks: dict[str, str]
    """By name: the hash of what each says."""
    speed: float = 1.0
    no_pager: bool = False
    version: str = ""
    """Tocsin's own."""
    published_by: str = ""
    """The worker that did: its process and its host."""
    published_at: Instant
    changed_at: Instant | None = None
    changed: tuple[Line, ...] = ()
    """What the last publication that said something else changed."""


class Installation(Wire):
    """The argument of the workflow `installation`."""

    runbooks: dict[str, Runbook]
    default: str
    """For alerts and commands that name no runbook."""
    speed: float = 1.0
    no_pager: bool = False
    version: str = ""
    published_by: str = ""
    published_at: Instant
    changed_at: Instant | None = None
    changed: tuple[Line, ...] = ()

    @property
    def publication(self) -> Publication:
        hashes = {name: content_hash(book) for name, book in sorted(self.runbooks.items())}
        said = {name: getattr(self, name) for name in Publication.model_fields if name != "runbooks"}
        return Publication.model_validate({**said, "runbooks": hashes})

    def now(self, opening: OpenRequest) -> OpenRequest:
        """An opening that was kept for a while, as it would be made now: by the runbook of its name that is loaded."""
        book = self.runbooks.get(opening.runbook.runbook, opening.runbook)
        return opening.model_copy(update={"runbook": book, "speed": self.speed, "no_pager": self.no_pager})


class Difference(NamedTuple):
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before}, now {self.after}"


def content_hash(book: Runbook) -> str:
    """The same for the same procedure, wherever its file lies."""
    return hashlib.sha256(book.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:12]


def differences(before: Publication, after: Publication) -> Iterator[Difference]:
    """By name and hash."""
    for name in sorted(before.runbooks.keys() | after.runbooks.keys()):
        yield from _if_other(f"runbook {name}", before.runbooks.get(name, ABSENT), after.runbooks.get(name, ABSENT))
    yield from _if_other("default runbook", before.default, after.default)
    yield from _if_other("speed", f"{before.speed:g}", f"{after.speed:g}")
    yield from _if_other("pager", _pager(before), _pager(after))
    yield from _if_other("Tocsin", before.version, after.version)


def _if_other(what: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(what, before, after)


def _pager(said: Publication) -> str:
    return "none" if said.no_pager else "connected"
