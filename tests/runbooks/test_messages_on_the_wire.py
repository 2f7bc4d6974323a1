"""What Slack shows of each message of the five procedures: the subject is said once, and a button needs no command."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from activities.slack_message import forms
from tests.policy.builders import happens
from tests.runbooks.courses import MONDAY, NAMES, CourseIncident, book
from workflows.durable.sending import in_its_place
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Post, Send
from workflows.policy.incident.events import (
    Acknowledged,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    HandedOff,
    Mitigated,
    Outcome,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.runbook.names import SeverityName
from workflows.texts.render import words

TITLE = "Basket loses goods"
COMMAND = "tocsin "
DAYS_OF_REVIEW = 9
REFUSED: Mapping[str, Outcome] = {"page": "rejected"}
SAYS_WHICH = frozenset(
    {DutyKind.DECLARATION, DutyKind.DECLARATION_IN_CHANNEL, DutyKind.CARD, DutyKind.LEFT, DutyKind.REVIEW_OPENED}
)
"""Whoever looks at the card of an incident, or at its record, has to see which it is."""

FOR_OTHERS = "duty/support-briefing"
"""samia's own words for its support, which stand in the incident's channel only if it is private."""


class Shown(NamedTuple):
    """A message as Slack shows it."""

    duty: str
    says_which: bool
    in_own_place: bool
    lines: tuple[str, ...]
    buttons: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((*self.lines, *self.buttons))


class ShownIncident(CourseIncident):
    """It remembers each message as it was sent."""

    messages: list[Shown]

    def _send(self, demand: Demand) -> None:
        if isinstance(demand.effect, Post | Card):
            if "messages" not in vars(self):
                self.messages = []
            self.messages.append(_shown(self, demand, demand.effect))
        super()._send(demand)


def _shown(incident: CourseIncident, demand: Demand, effect: Post | Card) -> Shown:
    said = words(incident.book, incident.incident, demand, incident.now, incident.review)
    send = Send(
        incident=incident.incident.id,
        key=demand.key,
        vendor_key=demand.key,
        effect=effect.model_copy(update={"facts": None}),
        subject=said.subject,
        text=in_its_place(incident.incident, demand, said.text),
        card=said.card,
    )
    mention = effect.mention if isinstance(effect, Post) else ()
    looks = next(forms(send, mention, effect.offers, {})).blocks or ()
    own = incident.incident.references.get("channel")
    return Shown(
        demand.duty,
        duty_of(demand.duty).kind in SAYS_WHICH,
        effect.to.thread is not None or effect.to.channel == own,
        tuple(_words_of([block for block in looks if block["type"] != "actions"])),
        tuple(_words_of([block for block in looks if block["type"] == "actions"])),
    )


def _words_of(part: object) -> Iterator[str]:
    """All that can be read of blocks."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        for each in part:
            yield from _words_of(each)
    elif isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for name, each in part.items():
            if name in ("elements", "text", "confirm") and not isinstance(each, str):
                yield from _words_of(each)


def _events(name: str, severity: SeverityName) -> Iterator[tuple[float, Event]]:
    """All that people say of an incident, and that has a message of its own."""
    people = list(book(name).people)
    yield 7, Acknowledged(by="Ann")
    yield 8, RoleAssigned(by="Ann", role="commander", person=people[0])
    yield 9, UpdatePosted(by="Ann", text="we know more")
    yield 10, Escalated(by="Ann", to=people[-1], reason="a second pair of eyes")
    yield 11, HandedOff(by="Ann", to=people[-1], text="my train goes")
    for number, flag in enumerate(book(name).flags):
        yield 12 + number, FlagChanged(by="Ann", flag=flag)
    yield 30, SeverityChanged(by="Ben", severity="sev1" if severity != "sev1" else "sev2", reason="it is otherwise")
    yield 31, SeverityChanged(by="Ben", severity=severity)
    yield 32, FollowUpAdded(by="Ann", text="watch the basket", owner=people[0])
    yield 80, Mitigated(by="Ann", text="rolled back")
    yield 95, Resolved(by="Ann", text="a bad deploy")
    yield 97, Reopened(by="Ann", reason="it is back")
    yield 120, Resolved(by="Ann", text="a bad deploy")


@cache
def _course(name: str, severity: SeverityName, *, busy: bool) -> tuple[Shown, ...]:
    opening = OpenRequest(runbook=book(name), severity=severity, title=TITLE, service="basket")
    incident = ShownIncident.of(opening, MONDAY, fails=None if busy else dict(REFUSED))
    assert isinstance(incident, ShownIncident)
    for minute, event in _events(name, severity) if busy else ():
        happens(incident, minute, event)
    incident.run_to(MONDAY + (timedelta(days=DAYS_OF_REVIEW) if busy else timedelta(hours=4)))
    return tuple(incident.messages)


def _messages() -> Iterator[Shown]:
    for name in NAMES:
        for severity in book(name).severities:
            for busy in (False, True):
                yield from _course(name, severity, busy=busy)


def test_what_a_button_does_is_not_to_be_typed() -> None:
    typed = {(each.duty, line) for each in _messages() for line in (*each.lines, *each.buttons) if COMMAND in line}
    assert typed == set()


def test_in_its_own_place_nothing_but_its_card_says_which_incident_it_is() -> None:
    said = {
        (each.duty, each.text) for each in _messages()
        if each.in_own_place and not (each.says_which or each.duty == FOR_OTHERS)
        and (TITLE in each.text or "preview" in each.text)
    }  # fmt: skip
    assert said == set()


def test_elsewhere_each_says_once_which_incident_it_is() -> None:
    said = {(each.duty, each.text) for each in _messages() if not (each.in_own_place or each.says_which)}
    assert said
    assert {(duty, text) for duty, text in said if (text.count(TITLE), text.count("preview")) != (1, 1)} == set()


def test_what_a_card_shows_stands_on_it_once() -> None:
    """Who was rung, who has the command and since when it runs: the reader's clock counts there."""
    cards = [each for each in _messages() if each.duty in ("declaration/channel", "card/channel")]
    assert cards
    lines = {line for each in cards for line in each.text.splitlines()}
    assert {line for line in lines if line.startswith(("Commander: ", "Paged: ", "Since: "))} == set()
