"""`tocsin report`: a table that fits a terminal of 80 columns, and what it cannot say in sentences."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table

from starter.pictures.captions import counted, of_figures, period
from starter.pictures.spans import took
from starter.report.figures import (
    ArrivalFigures,
    Escalations,
    FollowUpFigures,
    Group,
    Pages,
    ReportFigures,
    ReviewFigures,
)
from tocsin.view.plain import plain
from workflows.policy.runbook.names import severity_title

NO_SERVICE = "no service"
SERVICES = 10
"""How many are shown; the others are only counted."""
REACHED = 12


def report(figures: ReportFigures) -> RenderableType:
    parts: list[RenderableType] = [plain(period(figures), "bold"), plain(of_figures(figures))]
    if figures.severities:
        parts += ["", _times("", [_named(group, severity_title) for group in figures.severities], figures.total)]
        services = [_named(group, lambda name: name or NO_SERVICE) for group in figures.services]
        parts += ["", _times("", services[:SERVICES], None), *_others(services[SERVICES:])]
        parts += ["", *(plain(sentence) for sentence in _sentences(figures))]
    return Lines(*parts)


def _named(group: Group, write: Callable[[str], str]) -> Group:
    return group.model_copy(update={"name": write(group.name)})


def _times(heading: str, groups: Sequence[Group], total: Group | None) -> Table:
    """Of closed incidents, from the declaration on: median and ninth decile."""
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=False, show_footer=total is not None)
    columns = ("", "open", "ack", "p90", "mitigate", "p90", "resolve", "p90")
    ends = _row(total) if total is not None else [""] * (1 + len(columns))
    table.add_column(heading, footer=ends[0], max_width=14, no_wrap=True, overflow="ellipsis")
    for column, end in zip(columns, ends[1:], strict=True):
        table.add_column(column, justify="right", footer=end, no_wrap=True)
    for name, *rest in map(_row, groups):
        table.add_row(plain(name), *rest)
    return table


def _row(group: Group) -> list[str]:
    spreads = (group.acknowledge, group.mitigate, group.resolve)
    times = [took(seconds) for spread in spreads for seconds in (spread.median_s, spread.p90_s)]
    return [group.name, str(group.incidents), str(group.open or ""), *times]


def _others(services: Sequence[Group]) -> list[RenderableType]:
    if not services:
        return []
    incidents = sum(group.incidents for group in services)
    return [plain(f"and {counted(incidents, 'incident')} of {counted(len(services), 'more service')}", "dim")]


def _sentences(figures: ReportFigures) -> Iterator[str]:
    closed = figures.total.incidents - figures.total.open
    if closed:
        yield f"Of {counted(closed, 'closed incident')}:"
        yield from (f"  {sentence}" for sentence in _fates(figures.escalations, closed))
        yield from (f"  {sentence}" for sentence in _pages(figures.pages))
        yield from (f"  {sentence}" for sentence in _reached(figures.reached))
        yield from (f"  {sentence}" for sentence in _afterwards(figures.reviews, figures.follow_ups))


def _fates(seen: Escalations, closed: int) -> Iterator[str]:
    yield f"{closed - seen.unacknowledged} acknowledged, {seen.unacknowledged} over before anybody had"
    yield f"{seen.beyond_first_tier} escalated beyond the first tier, {seen.by_hand} by hand"
    yield f"{seen.whole_ladder} called out to the last tier and again from the first: nobody had answered"
    for count, what in (
        (seen.nobody_reached, "of which no page at all got through"),
        (seen.forgotten, "acknowledged, and called out again because nothing followed"),
        (seen.reopened, "reopened"),
    ):
        if count:
            yield f"{count} {what}"


def _afterwards(reviews: ReviewFigures, follow_ups: FollowUpFigures) -> Iterator[str]:
    if reviews.owed or reviews.asked:
        asked = f", {reviews.asked} not decided" if reviews.asked else ""
        yield f"{counted(reviews.owed, 'review')} owed, {reviews.complete} of them complete{asked}"
    if reviews.owed:
        yield f"  owed for them: {_punctuality(reviews)} ({reviews.overdue} overdue)"
    if any(follow_ups.model_dump().values()):
        yield f"follow-ups: {_punctuality(follow_ups)}"


def _punctuality(seen: ReviewFigures | FollowUpFigures) -> str:
    return f"{seen.on_time} on time, {seen.late} late, {seen.waived} waived, {seen.open} open"


def _reached(rows: Sequence[ArrivalFigures]) -> Iterator[str]:
    """How soon whom by which way; the others are only counted."""
    for row in rows[:REACHED]:
        how = f"answered through {row.way}" if row.answered else f"was reached by {row.way}"
        longest = f", once after {took(row.took.longest_s)}" if row.took.count > 1 else ""
        yield f"{row.who} {how} {counted(row.took.count, 'time')}, {took(row.took.median_s)} after the ring{longest}"
    if rows[REACHED:]:
        yield f"and {len(rows) - REACHED} more (--json)"


def _pages(pages: Pages) -> Iterable[str]:
    late = f"{pages.late} of them late, by up to {took(pages.latest_s)}" if pages.late else "none of them late"
    return [f"{counted(pages.through, 'page')} got through, {late}; {pages.lost} did not"]
