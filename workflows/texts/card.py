"""What a message that is kept true shows below its text, in words."""

from collections.abc import Iterator

from workflows.policy.effects.card import CardFacts, CardLine, KeptFacts
from workflows.texts import gaps


def lines(facts: KeptFacts | None) -> tuple[CardLine, ...]:
    return tuple(_lines(facts)) if isinstance(facts, CardFacts) else ()


def _lines(facts: CardFacts) -> Iterator[CardLine]:
    if facts.is_hidden:
        return
    if facts.ended:
        yield CardLine(label="Over", text=facts.ended, at=facts.ended_at)
    else:
        yield CardLine(label="Running since", at=facts.since)
        yield _answer(facts)
    if facts.channel:
        yield CardLine(label="Worked on in", channel=facts.channel)
    if facts.is_short:
        return
    if facts.roles:
        held = ", ".join(f"{role}: {holder or 'nobody yet'}" for role, holder in facts.roles)
        yield CardLine(label="Roles", text=held)
    for held in facts.on_call:
        post, _, who = held.partition(": ")
        yield CardLine(label=post, text=who)
    if facts.flags:
        yield CardLine(label="Flags", text=", ".join(facts.flags))
    yield CardLine(label="People outside were told", text=facts.public or "nothing", at=facts.public_at)
    for number, coming in enumerate(facts.next):
        yield CardLine(label="Then" if number else "Next", text=coming.what, at=coming.at)
    yield from _where_to_go(facts)
    if facts.unknown:
        yield CardLine(label="Not in this chat", text=f"{', '.join(facts.unknown)}: invite them yourself")


def _where_to_go(facts: CardFacts) -> Iterator[CardLine]:
    for name, how in facts.contacts:
        yield CardLine(label=f"☎ {name}", text=gaps.without(how))
    for name, where in facts.links:
        yield CardLine(label=name.capitalize(), text=where)


def _answer(facts: CardFacts) -> CardLine:
    if facts.acknowledged_by:
        return CardLine(label="Acknowledged", text=f"by {facts.acknowledged_by}", at=facts.acknowledged_at)
    ringing = f"; ringing: {', '.join(facts.called)}" if facts.called else ""
    return CardLine(label="Acknowledged", text=f"by nobody{ringing}")
