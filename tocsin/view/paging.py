"""What a page of a list says of the rest of it."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

if TYPE_CHECKING:
    from starter.temporal.results import ListPage, ReviewSummary, Summary


def shown(page: "ListPage[Summary] | ListPage[ReviewSummary]") -> str:
    """How much of the whole is on it, and how to see more; empty if it is the whole."""
    if len(page.rows) >= page.total:
        return ""
    pages = -(-page.total // page.size)
    if not page.rows:
        return f"there is no page {page.number}: {page.total:,} stand on {pages:,}"
    further = f"--page {page.number + 1} for more, " if page.number < pages else ""
    which = f"{len(page.rows)} of {page.total:,}" + (f", page {page.number} of {pages:,}" if page.number > 1 else "")
    return f"{which}: {further}--all for all"


def with_the_rest(listed: RenderableType, page: "ListPage[Summary] | ListPage[ReviewSummary]") -> RenderableType:
    rest = shown(page)
    if not rest:
        return listed
    return Group(listed, rest) if page.rows else rest
