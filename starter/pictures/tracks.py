"""Where the marks of a preview's picture go: lanes by audience, in them tracks that do not touch, in those marks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log1p

from workflows.policy.keys.duty_keys import DutyKind, EffectKey, duty_key, duty_of
from workflows.policy.planning.wording import duty_name
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine

DENSE = timedelta(minutes=5)
"""Up to about here time is drawn evenly; from there on it is pressed together more and more."""
TRACK_PER_LETTER = 6.6
"""Pixels, at most, of the letters that labels are made of."""
TRACKS_APART, LABEL_AFTER = 12, 3
"""Pixels between two tracks in a row, and from a mark to where its label begins, above it."""


@dataclass(frozen=True)
class TrackScale:
    left: int
    right: int
    end: timedelta

    def x(self, after: timedelta) -> float:
        """To half a pixel: marks that nobody could tell apart coincide."""
        share = log1p(after / DENSE) / log1p(self.end / DENSE) if self.end else 0.0
        return round(2 * (self.left + share * (self.right - self.left))) / 2


@dataclass(frozen=True)
class Mark:
    x: float
    after: timedelta
    reason: str


@dataclass(frozen=True)
class Track:
    """The same thing for the same people, once or again and again."""

    label: str
    label_x: float
    colour: str
    marks: tuple[Mark, ...]
    row: int


@dataclass(frozen=True)
class TrackLane:
    name: str
    tracks: tuple[Track, ...]

    @property
    def rows(self) -> int:
        return 1 + max(track.row for track in self.tracks)


def lanes(book: Runbook, lines: Iterable[PreviewLine], scale: TrackScale) -> list[TrackLane]:
    """Those in which anything happens, from the loudest to the quietest."""
    known = {
        "Phones": "phones",
        "Roles": "roles",
        "Incident's channel": "rooms",
        book.home: "rooms",
        "Other channels": "rooms",
        "Public": "public",
        "E-mail": "public",
        "Tickets, documents": "papers",
    }
    sorted_lines: dict[str, dict[str, list[PreviewLine]]] = {name: {} for name in known}
    for line in lines:
        sorted_lines[_lane(book, line)].setdefault(_label(book, line), []).append(line)
    return [
        TrackLane(name, tuple(_tracks(sorted_lines[name], colour, scale)))
        for name, colour in known.items()
        if sorted_lines[name]
    ]


def _lane(book: Runbook, line: PreviewLine) -> str:
    by_kind = {
        "page": "Phones",
        "nag": "Roles",
        "checklist": "Roles",
        "draft": "Roles",
        "publish": "Public",
        "email": "E-mail",
        "ticket": "Tickets, documents",
        "document": "Tickets, documents",
    }
    if line.kind in by_kind:
        return by_kind[line.kind]
    channel = line.to[0]
    if channel == book.home:
        return book.home
    return "Incident's channel" if channel.startswith("#incident-") else "Other channels"


def _label(book: Runbook, line: PreviewLine) -> str:
    """What a track is called: lines with the same label are on it."""
    key = EffectKey.parse(line.duty)
    duty = key.duty if key else duty_of(line.duty)
    if line.kind == "page":
        return book.person_name(line.to[0])
    if line.kind == "publish":
        return duty.name
    name = duty_name(duty_key(DutyKind.OTHER, duty.name) if duty.kind is DutyKind.DUTY_DRAFT else duty.written)
    if line.kind in ("nag", "checklist", "draft", "email"):
        return f"{name} → {_first(book, line.to)}"
    return name


def _first(book: Runbook, to: Sequence[str]) -> str:
    roles = [name for name in to if name in book.roles]
    return ", ".join(book.role_name(name) for name in roles[:2]) + ("…" if len(roles) > 2 else "") if roles else to[0]


def _tracks(by_label: dict[str, list[PreviewLine]], colour: str, scale: TrackScale) -> Iterator[Track]:
    """Each in the first row in which it touches no other."""
    taken: list[float] = []
    for label, lines in by_label.items():
        marks = tuple(_marks(lines, scale))
        width = len(label) * TRACK_PER_LETTER
        label_x = max(scale.left, min(marks[0].x + LABEL_AFTER, scale.right - width))
        begins, ends = min(label_x, marks[0].x), max(label_x + width, marks[-1].x) + TRACKS_APART
        row = next((number for number, until in enumerate(taken) if until <= begins), len(taken))
        taken[row : row + 1] = [ends]
        yield Track(label, label_x, colour, marks, row)


def _marks(lines: Iterable[PreviewLine], scale: TrackScale) -> Iterator[Mark]:
    for line in lines:
        after = timedelta(seconds=line.offset_s)
        yield Mark(scale.x(after), after, line.reason)
