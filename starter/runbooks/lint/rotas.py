"""Rotas that are written in the runbook: what is missing in the two weeks ahead."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from starter.runbooks.lint.finding import Finding, warning
from workflows.policy.rota.coverage import COVERED_FOR, coverage
from workflows.policy.rota.shifts import shifts
from workflows.policy.runbook.model import Runbook

WHY = {
    "nobody": "Whoever is called is nobody then: unless the post has a pager of its own the page is refused, and the "
    "next tier is called at once.",
    "twice": "Whoever does not answer in the first of the two is called again in the second, and nobody else is.",
}
INSTEAD = {
    "nobody": "Add a layer that fills it, or widen its `hours`",
    "twice": "Begin one of the two with somebody else",
}


def findings(book: Runbook, today: date) -> Iterator[Finding]:
    begin = datetime.combine(today, time(), UTC)
    end = begin + COVERED_FOR
    written = {post: person.on_call for post, person in book.people.items() if person.on_call}
    rosters = {post: shifts(rota, begin, end) for post, rota in written.items() if rota.is_written_here}
    for gap in coverage(book, rosters, begin, end):
        what = gap.in_words(book.calendar.zone, begin)
        if gap.always:
            yield warning(("people", gap.post), what, WHY[gap.kind], "Call somebody else in one of the two")
        else:
            yield warning(("people", gap.post, "on_call"), what, WHY[gap.kind], INSTEAD[gap.kind])
