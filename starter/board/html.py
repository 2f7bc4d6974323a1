"""Pages as HTML. Nothing is loaded from elsewhere, and nothing stands inline: style and script are files of ours, named
by their hash. Whatever stands in a page was written by strangers (`starter.markup`)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final
from uuid import uuid4

from jinja2 import Environment

from starter.board import moments
from starter.markup.templates import template_environment
from starter.pictures.spans import took
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write

_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    media_type: str
    version: str


def _assets() -> dict[str, Asset]:
    found = {}
    for file in files("starter.board").joinpath("assets").iterdir():
        body = file.read_bytes()
        kind = file.name.rpartition(".")[2]
        found[file.name] = Asset(body, _TYPES[kind], hashlib.sha256(body).hexdigest()[:12])
    return found


ASSETS: Final[Mapping[str, Asset]] = _assets()


def rendered(template: str, **values: object) -> str:
    return _PAGE_TEMPLATES.get_template(template).render(values)


def asset_address(name: str) -> str:
    return f"/assets/{name}?v={ASSETS[name].version}"


def web_address(written: str) -> str:
    """Empty if it is none: what an alert calls its link may be a script."""
    return written if written.startswith(("https://", "http://")) else ""


def _environment() -> Environment:
    made = template_environment("starter.board")
    made.filters |= {
        "countdown": moments.countdown,
        "since": moments.since,
        "stamp": moments.stamp,
        "in_words": moments.in_words,
        "ago": moments.ago,
        "there": moments.there,
        "day": lambda day: f"{day:%a} {day.day} {day:%b}",
        "severity": severity_title,
        "web": web_address,
        "span": write,
        "seconds": lambda seconds: write(timedelta(seconds=seconds)),
        "took": took,
    }
    made.globals |= {"asset": asset_address, "now": lambda: datetime.now(UTC), "new_key": lambda: uuid4().hex}
    return made


_PAGE_TEMPLATES: Final = _environment()
