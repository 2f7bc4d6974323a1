"""What the conformance kit must know of a source: `tests/starter/sources/fixtures/<source>.py` defines FIXTURE."""

import base64
import hashlib
import hmac
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starter.sources.sns_calls import Get
from starter.sources.source import Source
from starter.sources.table import SOURCES

JSON = Any
Loc = tuple[int | str, ...]


@dataclass(frozen=True)
class Proof:
    """What a genuine sender puts beside a body."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """With the proof in it, where that is its place."""


Prove = Callable[[bytes, str], Proof]
"""(body, secret) -> proof. It is called when the request is made, so that it may sign the time."""


@dataclass(frozen=True)
class Fixture:
    firing: JSON
    """One delivery, as the sender really sends it, of names of our own."""
    resolved: JSON | None
    """The end of the same. None: such a sender never says so."""
    other: JSON
    """Another thing that is wrong: another incident."""
    needed: tuple[Loc, ...]
    """Fields without which there is no alert: they are named when they are missing."""
    texts: tuple[Loc, ...]
    """Free text that reaches people."""
    prove: Prove
    repeated: JSON | None = None
    """`firing` sent again later, if that differs."""
    maps: tuple[str, ...] = ("labels", "annotations")
    """Objects whose keys are the user's own: a key more is not a newer version's field."""
    own: tuple[str, ...] = ()
    """Labels that the sender itself says."""
    tagged: Callable[[JSON, Mapping[str, str]], JSON] | None = None
    """A body with tags more that its users have attached, by name. None: they cannot, or those are all its labels."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """That go with every body."""
    sns: Get | None = None
    """What stands at addresses of AWS."""
    secrets: tuple[str, str] = ("the secret before", "the secret now")


def of(source: Source) -> Fixture:
    module = importlib.import_module(f"tests.starter.sources.fixtures.{source.name.replace('-', '_')}")
    found: Fixture = module.FIXTURE
    return found


ALL = tuple(SOURCES.values())


def bearer(_: bytes, secret: str) -> Proof:
    return Proof({"Authorization": f"Bearer {secret}"})


def basic(_: bytes, secret: str) -> Proof:
    return Proof({"Authorization": "Basic " + base64.b64encode(f"tocsin:{secret}".encode()).decode()})


def in_header(name: str) -> Prove:
    return lambda _, secret: Proof({name: secret})


def in_query(name: str) -> Prove:
    return lambda _, secret: Proof(query={name: secret})


def hex_hmac(header: str, prefix: str = "") -> Prove:
    return lambda body, secret: Proof({header: prefix + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()})
