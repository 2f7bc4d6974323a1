"""What people press at night."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from workflows.policy.runbook.links import is_link
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Link


def findings(book: Runbook) -> Iterator[Finding]:
    links: list[tuple[RunbookPath, Link]] = [(("links", number), link) for number, link in enumerate(book.links)]
    if book.war_room:
        links.insert(0, (("war_room",), book.war_room))
    seen: dict[str, str] = {}
    for path, link in links:
        if not is_link(link.url):
            yield error(
                (*path, "url"),
                f"is no address that every pager takes: {link.url!r}",
                "A page would go out without it, or be refused and sent again without any link.",
                "Write https://host/path in full, without blanks, braces or placeholders; other signs as %7B",
            )
        elif link.url.startswith("http://"):
            yield warning(
                (*path, "url"),
                "is not encrypted",
                "Whoever is woken signs in there, perhaps from a foreign network.",
                "Write https://",
            )
        for key, value in (("url", link.url), ("label", link.label)):
            if value in seen:
                yield warning(
                    (*path, key),
                    f"is the same as that of {seen[value]}",
                    "Every page carries all links: two that are alike cost time to tell apart.",
                    "Keep one of them",
                )
        seen |= {link.url: f"{link.label!r}", link.label: f"{link.label!r}"}
