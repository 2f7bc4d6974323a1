"""Which incident a command means, and which words are its own."""

import inspect
from collections.abc import Callable

import pytest

from tocsin.commands import events
from tocsin.commands.event_command import split
from tocsin.failure import Failure
from workflows.policy.incident.events import Event


@pytest.mark.parametrize(
    ("command", "words", "incident", "own"),
    [
        # Nothing but the command: the one that is open.
        (events.ack, "", "", []),
        (events.ack, "2026", "2026", []),
        # What a command needs is its own; one word more names the incident, and comes first.
        (events.note, "slow", "", ["slow"]),
        (events.note, "2026|slow", "2026", ["slow"]),
        (events.assign, "scribe|carol", "", ["scribe", "carol"]),
        (events.assign, "2026|scribe|carol", "2026", ["scribe", "carol"]),
        # A text that may be left out: an id has no blank in it, so this is one.
        (events.resolve, "2026", "2026", []),
        (events.resolve, "rolled back", "", ["rolled back"]),
        (events.resolve, "2026|rolled back", "2026", ["rolled back"]),
        # Six letters of an id, of which no word is made: a text they are not, least of all one for the public.
        (events.resolve, "k7qxzm", "k7qxzm", []),
        (events.approve, "K7QXZM", "K7QXZM", []),
        (events.mitigate, "gz95p3", "gz95p3", []),
        (events.handoff, "k7qxzm|carol", "k7qxzm", ["carol"]),
        (events.resolve, "solved", "", ["solved"]),
        (events.handoff, "carol", "", ["carol"]),
        (events.handoff, "2026|carol", "2026", ["carol"]),
        (events.handoff, "2026|carol|good night", "2026", ["carol", "good night"]),
    ],
)
def test_the_incident_comes_first_and_may_be_left_out(
    command: Callable[..., Event], words: str, incident: str, own: list[str]
) -> None:
    named, rest = split(words.split("|") if words else [], positional(command))
    assert (named, list(rest)) == (incident, own)


@pytest.mark.parametrize(
    ("command", "words", "usage"),
    [
        (events.note, "", r"\[INCIDENT\] TEXT"),
        (events.note, "k7qxzm", r"k7qxzm is the id of an incident, .* \[INCIDENT\] TEXT"),
        (events.assign, "scribe", r"\[INCIDENT\] ROLE PERSON"),
        (events.ack, "2026|now", r"\[INCIDENT\]"),
        (events.handoff, "2026|carol|good|night", r"\[INCIDENT\] TO \[TEXT\]"),
    ],
)
def test_too_few_or_too_many_words_are_answered_with_the_usage(
    command: Callable[..., Event], words: str, usage: str
) -> None:
    with pytest.raises(Failure, match=usage):
        split(words.split("|") if words else [], positional(command))


def positional(command: Callable[..., Event]) -> list[inspect.Parameter]:
    parameters = inspect.signature(command).parameters.values()
    return [p for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY]
