"""A plain text as a Slack message in which nothing but our own mentions can ping, link elsewhere or format.

Rich text elements are literal: there is no markup in them to escape
(https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
The top-level `text`, which notifications show, is markup: three characters are escaped in it, and only these
(https://docs.slack.dev/messaging/formatting-message-text#escaping).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from activities import slack_blocks
from activities.plain_text import clean
from activities.slack_blocks import Block
from activities.slack_buttons import in_words, rows
from workflows.policy.effects.card import CardLine
from workflows.policy.effects.effects import Send
from workflows.policy.effects.offers import Offer

BLOCKS = 10_000
"""Characters in a message. `msg_blocks_too_long` comes, undocumented, at about 13,200 (slackapi/bolt-js#2509)."""
FALLBACK = 4_000
"""Characters of the top-level `text`: https://docs.slack.dev/reference/methods/chat.postMessage#truncating"""
SHORT_MESSAGE = 1_000
"""Characters of a message that was refused at its full length."""
LONGEST_CARD_LINE = 500
COUNTED = "{time} ({ago})"
LONGEST_TOPIC = 250
"""Characters of a channel's topic: https://docs.slack.dev/reference/methods/conversations.setTopic#errors"""

# Narrow on purpose: Slack refuses a whole message for one link that it cannot parse.
SLACK_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9/._~%?#=&+,:;@-]{0,2000})?(?<![.,:;?])")


def literal(text: str, limit: int) -> str:
    """`text` escaped for a field that takes markup, cut to `limit` characters without cutting an entity."""
    escaped = clean(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= limit:
        return escaped
    return re.sub(r"&[a-z]*$", "", escaped[: limit - 1]) + "…"


class Form(NamedTuple):
    """One way in which a message may look."""

    text: str
    blocks: Sequence[Block] | None
    mark: dict[str, object] | None


def forms(send: Send, mention: Sequence[str], offers: Sequence[Offer], members: Mapping[str, str]) -> Iterator[Form]:
    """As it should look; where Slack refuses the looks, its words, at last without the mark to find it by."""
    text = clean(send.text, BLOCKS).strip() or send.subject
    names = [send.names.get(person, person) for person in mention]
    words = fallback("\n".join(filter(None, (text, *_in_words(send.card), in_words(offers)))), names)
    mark: dict[str, object] = {"event_type": "tocsin", "event_payload": {"op": send.vendor_key}}
    looks = [block(text, mention, members, send.names), *_card(send.card), *rows(send.incident, offers)]
    yield Form(words, looks, mark)
    yield Form(words, None, mark)
    yield Form(fallback(clean(text, SHORT_MESSAGE), names), None, None)


def block(
    text: str, mention: Iterable[str], members: Mapping[str, str], names: Mapping[str, str] | None = None
) -> Block:
    """What is said: real mentions (a person who is not in Slack by name), then the text itself."""
    elements = [*_mentions(mention, members, names or {}), *_parts(clean(text, BLOCKS))]
    return slack_blocks.rich_text(elements)


def fallback(text: str, mention: Iterable[str]) -> str:
    """What a notification shows, and a client that cannot show blocks."""
    return literal("".join(f"{person} " for person in mention) + text, FALLBACK)


def _card(card: Sequence[CardLine]) -> Iterator[Block]:
    """A line each; the reader's own clock counts (https://docs.slack.dev/messaging/formatting-message-text#date-formatting)."""
    elements = [element for line in card for element in _drawn(line)]
    if elements:
        yield slack_blocks.rich_text(elements[:-1])


def _drawn(line: CardLine) -> Iterator[Block]:
    yield slack_blocks.text(f"{line.label}: ", bold=True)
    if line.text:
        yield from _parts(clean(line.text, LONGEST_CARD_LINE))
    if line.channel:
        yield slack_blocks.channel(line.channel)
    if line.at is not None:
        if line.text or line.channel:  # Slack refuses a whole message for one part without a text
            yield slack_blocks.text(", ")
        yield slack_blocks.date(line.at, COUNTED, _utc(line.at))
    yield slack_blocks.text("\n")


def _in_words(card: Sequence[CardLine]) -> Iterator[str]:
    for line in card:
        said = ", ".join(filter(None, (line.text, _utc(line.at) if line.at else "")))
        if said:
            yield f"{line.label}: {said}"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _mentions(mention: Iterable[str], members: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Block]:
    for person in mention:
        if person in members:
            yield slack_blocks.user(members[person])
            yield slack_blocks.text(" ")
        else:
            yield slack_blocks.text(f"{names.get(person, person)} ")


def _parts(text: str) -> Iterator[Block]:
    shown = 0
    for link in SLACK_LINK.finditer(text):
        if link.start() > shown:
            yield slack_blocks.text(text[shown : link.start()])
        yield slack_blocks.link(link.group())
        shown = link.end()
    if shown < len(text):
        yield slack_blocks.text(text[shown:])
