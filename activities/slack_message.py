"""A plain text as a Slack message in which nothing but our own mentions can ping, link elsewhere or format.

Rich text elements are literal: there is no markup in them to escape
(https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
The top-level `text`, which notifications show, is markup: three characters are escaped in it, and only these
(https://docs.slack.dev/messaging/formatting-message-text#escaping).
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextSectionElement
from slack_sdk.models.blocks.block_elements import RichTextElement

from activities.plain_text import clean

BLOCKS = 10_000
"""Characters in a message. `msg_blocks_too_long` comes, undocumented, at about 13,200 (slackapi/bolt-js#2509)."""
FALLBACK = 4_000
"""Characters of the top-level `text`: https://docs.slack.dev/reference/methods/chat.postMessage#truncating"""
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


def block(text: str, mention: Iterable[str], users: Mapping[str, str]) -> RichTextBlock:
    """The message's one block: real mentions (a person who is not in Slack by name), then the text itself."""
    elements = [*_mentions(mention, users), *_parts(clean(text, BLOCKS))]
    return RichTextBlock(elements=[RichTextSectionElement(elements=elements)])


def fallback(text: str, mention: Iterable[str]) -> str:
    """What a notification shows, and a client that cannot show blocks."""
    return literal("".join(f"{person} " for person in mention) + text, FALLBACK)


def _mentions(mention: Iterable[str], users: Mapping[str, str]) -> Iterator[RichTextElement]:
    for person in mention:
        if person in users:
            yield RichTextElementParts.User(user_id=users[person])
            yield RichTextElementParts.Text(text=" ")
        else:
            yield RichTextElementParts.Text(text=f"{person} ")


def _parts(text: str) -> Iterator[RichTextElement]:
    shown = 0
    for link in SLACK_LINK.finditer(text):
        if link.start() > shown:
            yield RichTextElementParts.Text(text=text[shown : link.start()])
        yield RichTextElementParts.Link(url=link.group())
        shown = link.end()
    if shown < len(text):
        yield RichTextElementParts.Text(text=text[shown:])
