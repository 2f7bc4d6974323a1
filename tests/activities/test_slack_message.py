"""A plain text as a Slack message: what is cut, what is a link, what is literal."""

import json
import re

import pytest

from activities.slack_message import block, fallback, literal


@pytest.mark.parametrize("limit", range(1, 40))
def test_no_entity_is_cut_in_two(limit: int) -> None:
    cut = literal("a & b < c > d && e", limit)
    assert len(cut) <= limit
    assert "&" not in re.sub(r"&(amp|lt|gt);", "", cut)


def test_a_text_within_the_limit_is_whole() -> None:
    assert literal("<&>", 13) == "&lt;&amp;&gt;"


def test_a_notification_names_who_is_meant() -> None:
    assert fallback("wake up", ["on-call"]) == "on-call wake up"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://grafana.example/d/1?var=a&b=%20#x.", ["https://grafana.example/d/1?var=a&b=%20#x"]),
        ("(http://wiki.example:8080/runbook)", ["http://wiki.example:8080/runbook"]),
        ("https://a.example, https://b.example", ["https://a.example", "https://b.example"]),
        ("<https://evil.example|https://good.example>", ["https://evil.example", "https://good.example"]),
        ("javascript:alert(1) slack://open ftp://a.example", []),
        ("https://[::1 https:// https://:80", []),
    ],
)
def test_addresses_are_links_and_nothing_else_is(text: str, links: list[str]) -> None:
    elements = json.loads(json.dumps(block(text, [], {})))["elements"][0]["elements"]
    assert [element["url"] for element in elements if element["type"] == "link"] == links
    assert "".join(element.get("url") or element["text"] for element in elements) == text
    assert all("text" not in element for element in elements if element["type"] == "link")
