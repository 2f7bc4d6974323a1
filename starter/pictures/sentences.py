"""What figures say that a table cannot, in sentences."""

from collections.abc import Iterable, Iterator, Sequence

from starter.pictures.captions import counted
from starter.pictures.spans import took
from starter.report.figures import ArrivalFigures, Escalations, FollowUpFigures, Pages, ReportFigures, ReviewFigures

REACHED = 12


def sentences(figures: ReportFigures) -> Iterator[str]:
    """The first one says of what; those that belong to it begin with two spaces."""
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
        how = _how(row)
        longest = f", once after {took(row.took.longest_s)}" if row.took.count > 1 else ""
        yield f"{row.who} {how} {counted(row.took.count, 'time')}, {took(row.took.median_s)} after the ring{longest}"
    if rows[REACHED:]:
        yield f"and {len(rows) - REACHED} more (--json)"


def _how(row: ArrivalFigures) -> str:
    if row.missed:
        return f"was rung by {row.way} and did not answer"
    return f"answered through {row.way}" if row.answered else f"was reached by {row.way}"


def _pages(pages: Pages) -> Iterable[str]:
    late = f"{pages.late} of them late, by up to {took(pages.latest_s)}" if pages.late else "none of them late"
    return [f"{counted(pages.through, 'page')} got through, {late}; {pages.lost} did not"]
