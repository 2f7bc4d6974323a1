"""The keys of duties and effects: put together and taken apart here, and nowhere else.

A duty's key is its kind, a tier if the kind has one, and a name: `escalate/1/on-call`, `tell/home`, `gap`. An effect's
key is its duty's key and an occurrence: `escalate/1/on-call/2`. Keys are strings on the wire and in the state's dicts,
and stay byte for byte what they were: what was begun under one key must be found under the same key.

Only the last part of a duty's key is free text, and an occurrence has no slash in it. So no name has to be escaped:
`call/Alice/Bob` calls a person named `Alice/Bob`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NewType, Self

_KEYS_REMEMBERED = 4096
"""How many keys are remembered once they are put together or taken apart: each plan asks for the same ones."""


WrittenDuty = NewType("WrittenDuty", str)
"""A duty's key as it stands on the wire and in the state's dicts. Only this module makes one: no other string passes
for it."""


class DutyKind(StrEnum):
    """What the key of a duty begins with."""

    ESCALATE = "escalate"
    """Pages a tier of the ladder."""
    OVERDUE = "overdue"
    """Pages the first tier once more, because the acknowledgement target was missed."""
    REPEAT = "repeat"
    """Pages once more the tier that was reached last."""
    CALL = "call"
    """Pages a person who was asked for by hand."""
    JOINED = "joined"
    """Pages whoever has acknowledged, because new alerts joined."""
    OBLIGED = "obliged"
    """Pages somebody about the legal clocks that are theirs."""

    REACH = "reach"
    """Pages a person by another of their ways. Goes on with the number of that way and the duty of the page that it
    stands beside."""

    ON_CALL = "on-call"
    """Finds out who holds a post."""
    SYNC_ACKNOWLEDGED = "hush/acknowledged"
    SYNC_RESOLVED = "hush/resolved"
    """Goes on with the key of the page's effect."""
    ANNOTATE = "annotate"
    CONFIRM = "confirm"
    """Finds out whom a page reached. Goes on with the key of its effect."""
    NEWS_AT_PAGER = "news/at"
    UPDATE_AT_PAGER = "update/at"
    """Notes a progress update on a person's page."""
    UPDATE_FOR_SUBSCRIBERS = "update/subscribers"
    RATE = "rate"
    """Says at the pager how grave it is. Goes on with the key of the page's effect."""
    FALLBACK = "fallback"
    """Goes on with the key of the duty that pages."""

    DECLARATION = "declaration"
    DECLARATION_IN_CHANNEL = "declaration/channel"
    CHANNEL = "channel"
    TOPIC = "topic"
    LEFT = "left"
    """Says in an open channel that what it was about is private now."""
    CARD = "card"
    """Keeps a message true. Goes on with the message's name."""
    INVITE = "invite"
    """Brings a person into the incident's channel."""
    ANNOUNCEMENT = "tell"
    NEWS_IN_CHANNEL = "news/channel"
    UPDATE = "update/channel"
    REMIND_OF_UPDATE = "remind/channel"
    UNFILLED_ROLES = "nag/roles"
    NOBODY = "nobody"
    GAP = "gap"

    PUBLISH = "publish"
    CORRECT = "correct"
    """Changes words that stand on the status page."""
    DRAFT = "draft"
    DUTY = "duty"
    DUTY_DRAFT = "duty-draft"
    EMAIL = "email"
    DOCUMENT = "document"
    TICKET = "ticket"
    APPROVE = "approve"
    OBLIGATION = "obligation"
    """Tells and reminds of a legal clock."""

    REVIEW_QUESTION = "review/consider"
    REVIEW_OPENED = "review/opened"
    REVIEW_REMIND = "review/remind"
    REVIEW_OVERDUE = "review/overdue"
    REVIEW_DOCUMENT = "review/document"

    OTHER = ""
    """A name and nothing else: `follow-up-3`, `digest`."""


OF_THE_LADDER = frozenset({DutyKind.ESCALATE, DutyKind.OVERDUE, DutyKind.REPEAT})
"""Each goes on with the tier and the person."""
BESIDE_THE_LADDER = frozenset({DutyKind.CALL, DutyKind.JOINED, DutyKind.OBLIGED})
"""Page whoever has acknowledged, too. Each goes on with the person."""
_PAGE_KINDS = OF_THE_LADDER | BESIDE_THE_LADDER | {DutyKind.REACH}
_NAMELESS = frozenset(
    {
        DutyKind.DECLARATION, DutyKind.DECLARATION_IN_CHANNEL, DutyKind.CHANNEL, DutyKind.TOPIC, DutyKind.LEFT,
        DutyKind.NEWS_IN_CHANNEL, DutyKind.UPDATE, DutyKind.REMIND_OF_UPDATE, DutyKind.UNFILLED_ROLES, DutyKind.NOBODY,
        DutyKind.GAP, DutyKind.UPDATE_FOR_SUBSCRIBERS, DutyKind.REVIEW_QUESTION, DutyKind.REVIEW_OPENED,
    }
)  # fmt: skip
_NAMED = frozenset(DutyKind) - _NAMELESS - OF_THE_LADDER - {DutyKind.OTHER}


@dataclass(frozen=True)
class DutyKey:
    kind: DutyKind
    name: str = ""
    """The person, the duty's id, the status, ...: as the kind has it."""
    tier: int | None = None

    def __post_init__(self) -> None:
        if (self.tier is not None) != self.of_the_ladder or (self.name and self.kind in _NAMELESS):
            raise ValueError(f"a key of the kind {self.kind.value!r} has no such parts: {self.name!r}, {self.tier!r}")

    def __str__(self) -> str:
        if self.kind is DutyKind.OTHER:
            return self.name
        if self.kind in _NAMELESS:
            return self.kind.value
        return f"{self.kind}/{self.name}" if self.tier is None else f"{self.kind}/{self.tier}/{self.name}"

    @property
    def written(self) -> WrittenDuty:
        return WrittenDuty(str(self))

    @classmethod
    def parse(cls, written: str) -> Self:
        """Every string is the key of some duty: one that begins with no kind is a name and nothing else."""
        first, _, rest = written.partition("/")
        second, slash, after = rest.partition("/")
        if written in _NAMELESS:
            return cls(DutyKind(written))
        if slash and first in OF_THE_LADDER and second == _number(second):
            return cls(DutyKind(first), after, int(second))
        if slash and (kind := f"{first}/{second}") in _NAMED:
            return cls(DutyKind(kind), after)
        if first in _NAMED and first != written:
            return cls(DutyKind(first), rest)
        return cls(DutyKind.OTHER, written)

    @property
    def is_page(self) -> bool:
        return self.kind in _PAGE_KINDS

    @property
    def of_the_ladder(self) -> bool:
        return self.kind in OF_THE_LADDER

    @property
    def beside_the_ladder(self) -> bool:
        return self.kind in BESIDE_THE_LADDER

    @property
    def announces_news(self) -> bool:
        """Of new alerts that joined, in the channel or at the pager."""
        return self.kind in (DutyKind.NEWS_IN_CHANNEL, DutyKind.NEWS_AT_PAGER)

    @property
    def first_page(self) -> "DutyKey":
        """Of a page by another way, the one that it stands beside; of every other, itself."""
        return duty_of(self.name.partition("/")[2]) if self.kind is DutyKind.REACH else self

    @property
    def person(self) -> str:
        """Whom it pages; nobody if it is no page."""
        page = self.first_page
        return page.name if page.is_page else ""


@dataclass(frozen=True)
class EffectKey:
    duty: DutyKey
    occurrence: int

    def __str__(self) -> str:
        return effect_key(self.duty.written, self.occurrence)

    @classmethod
    def parse(cls, written: str) -> Self | None:
        """None: it is the key of no effect. Webhooks bring back what the pager kept, which anybody can write there."""
        duty, slash, occurrence = written.rpartition("/")
        if not slash or occurrence != _number(occurrence):
            return None
        return cls(duty_of(duty), int(occurrence))


@lru_cache(_KEYS_REMEMBERED)
def duty_key(kind: DutyKind, name: str = "", tier: int | None = None) -> WrittenDuty:
    """A duty's key as it stands on the wire."""
    return DutyKey(kind, name, tier).written


def reach_duty(number: int, page: WrittenDuty) -> WrittenDuty:
    """Of the ways that stand beside a page, this one."""
    return duty_key(DutyKind.REACH, f"{number}/{page}")


@lru_cache(_KEYS_REMEMBERED)
def duty_of(written: str) -> DutyKey:
    """What a duty's key says."""
    return DutyKey.parse(written)


def effect_key(duty: WrittenDuty, occurrence: int) -> str:
    """An effect's key as it stands on the wire."""
    return f"{duty}/{occurrence}"


def _number(text: str) -> str | None:
    """As Python writes it: nothing else may be taken for a number, or the key would change on its way."""
    digits = text.removeprefix("-")
    return str(int(text)) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None
