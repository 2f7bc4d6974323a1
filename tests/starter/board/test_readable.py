"""Pages can be read by whoever does not see them: everything has a name, and headings lead through them."""

from html.parser import HTMLParser

import httpx
from temporalio.client import Client

from tests.starter.board.conftest import seen
from tests.starter.board.test_pages import declare

NEEDS_LABEL = {"input", "select", "textarea"}


class Reader(HTMLParser):
    """What a screen reader would miss."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, bool]] = []
        """Its id, and whether it stands in its label."""
        self.headings: list[int] = []
        self.problems: list[str] = []
        self.ids: list[str] = []
        self._in_label = 0
        self.feed(html)
        self.problems += [f"no label: {i}" for i, inside in self.fields if not inside and i not in self.labelled]
        self.problems += [f"twice: {i}" for i in set(self.ids) if self.ids.count(i) > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids += [known["id"]] if "id" in known else []
        self._in_label += tag == "label"
        if tag == "label" and "for" in known:
            self.labelled.add(known["for"])
        if tag in NEEDS_LABEL and known.get("type") != "hidden":
            self.fields.append((known.get("id", ""), bool(self._in_label)))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "img" and "alt" not in known:
            self.problems.append("an image without words")
        if known.get("tabindex") == "0" and not known.get("aria-label"):
            self.problems.append("what is reached by the keyboard has no name")

    def handle_endtag(self, tag: str) -> None:
        self._in_label -= tag == "label"


async def test_everything_has_a_name_and_headings_lead_through(alice: httpx.AsyncClient, working: Client) -> None:
    path = await declare(alice, service="checkout")
    for each in ("/", path, "/declare", "/runbooks/acme", "/report", "/reviews", "/on-call", "/incidents", "/login"):
        html = (await alice.get(each)).text
        found = Reader(html)
        assert found.problems == [], each
        assert found.headings[:1] == [1] or each == path, each
        assert found.headings.count(1) == 1, each
        assert '<html lang="en">' in html
        assert "<title>" in html
    assert "main" in (await seen(alice, path)).tags
