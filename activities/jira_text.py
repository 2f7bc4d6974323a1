"""A plain text in Atlassian's document format, where text is text: it has no markup to escape.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from activities.plain_text import LINK_IN_TEXT


def document(text: str) -> JsonValue:
    paragraphs: list[JsonValue] = [
        {"type": "paragraph", "content": list(_lines(part))} for part in re.split(r"\n\s*\n", text) if part.strip()
    ]
    return {"type": "doc", "version": 1, "content": paragraphs}


def _lines(paragraph: str) -> Iterator[JsonValue]:
    for number, line in enumerate(paragraph.strip("\n").split("\n")):
        if number:
            yield {"type": "hardBreak"}
        yield from _line(line)


def _line(line: str) -> Iterator[JsonValue]:
    shown = 0
    for link in LINK_IN_TEXT.finditer(line):
        if link.start() > shown:
            yield {"type": "text", "text": line[shown : link.start()]}
        yield {"type": "text", "text": link.group(), "marks": [{"type": "link", "attrs": {"href": link.group()}}]}
        shown = link.end()
    if shown < len(line):
        yield {"type": "text", "text": line[shown:]}


def text_of(node: JsonValue) -> str:
    """What a document says: the reverse, as far as it tells two texts apart."""
    if not isinstance(node, dict):
        return ""
    kind, text, content = node.get("type"), node.get("text"), node.get("content")
    if kind == "hardBreak":
        return "\n"
    if isinstance(text, str):
        return text
    parts = content if isinstance(content, list) else []
    return ("\n\n" if kind == "doc" else "").join(text_of(part) for part in parts)
