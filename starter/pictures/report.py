"""Figures as a picture: what happened how often on top, how long it took below.

The same figures give the same bytes.
"""

from collections.abc import Iterator, Sequence

from starter.pictures.captions import counted, of_figures, period
from starter.pictures.columns import Box, bars, columns
from starter.pictures.spans import took
from starter.pictures.spreads import height, lanes, spreads
from starter.pictures.svg import opening, text
from starter.report.figures import ReportFigures
from workflows.policy.runbook.names import severity_title
from workflows.policy.views.summary import ClosedIncident

WIDTH, CARDS, CHARTS, SPREADS = 1200, 66, 146, 384
"""Of the picture; and where its rows begin."""
FIGURE_GAP = 8
SEVERITY_COLOURS = {
    "sev1": ("#cf222e", "#ff7b72"),
    "sev2": ("#bc4c00", "#f0883e"),
    "sev3": ("#0969da", "#58a6ff"),
    "sev4": ("#6e7781", "#8b949e"),
    "mark": ("#1f2328", "#e6edf3"),
    "bar": ("#8c959f", "#6e7681"),
}


def picture(figures: ReportFigures, records: Sequence[ClosedIncident]) -> str:
    """An SVG document. `records` are those that the figures were made of."""
    drawn = lanes(records)
    tall = SPREADS + height(drawn) + 8 if drawn else SPREADS if figures.total.incidents else CARDS
    body = opening(WIDTH, tall, period(figures), of_figures(figures), SEVERITY_COLOURS)
    if figures.total.incidents:
        body += [*_cards(figures), *_charts(figures)]
    if drawn:
        box = Box(8, SPREADS, WIDTH - 16, height(drawn))
        body += [box.band("From the declaration on; a dot is an incident"), *spreads(box, drawn)]
    return "\n".join((*body, "</svg>")) + "\n"


def _cards(figures: ReportFigures) -> Iterator[str]:
    cards = list(_meanings(figures))
    width = (WIDTH - 16 + FIGURE_GAP) / len(cards) - FIGURE_GAP
    for number, (figure, meaning) in enumerate(cards):
        x = round(8 + number * (width + FIGURE_GAP), 1)
        yield f'<rect class="band" x="{x}" y="{CARDS}" width="{width:.1f}" height="72" rx="6"/>'
        yield f'<text class="head figure" x="{x + 12}" y="{CARDS + 34}">{text(figure)}</text>'
        yield f'<text class="small" x="{x + 12}" y="{CARDS + 56}">{text(meaning)}</text>'


def _meanings(figures: ReportFigures) -> Iterator[tuple[str, str]]:
    """What a card says, and of what."""
    total, pages, reviews, follow_ups = figures.total, figures.pages, figures.reviews, figures.follow_ups
    yield str(total.incidents), f"incidents, {total.open} still open" if total.open else "incidents, all closed"
    yield took(total.acknowledge.median_s) or "–", "to ack (median)"
    yield took(total.resolve.median_s) or "–", "to resolve (median)"
    yield str(figures.escalations.beyond_first_tier), "beyond the first tier"
    yield str(pages.lost + pages.late), f"of {counted(pages.through + pages.lost, 'page')} late, lost"
    if reviews.owed:
        due = reviews.on_time + reviews.late + reviews.overdue
        yield f"{reviews.on_time} / {due}", "review duties on time"
    if done := follow_ups.on_time + follow_ups.late:
        yield f"{follow_ups.on_time} / {done}", "follow-ups on time"


def _charts(figures: ReportFigures) -> Iterator[str]:
    left, right = Box(8, CHARTS, 780, 230), Box(796, CHARTS, 396, 230)
    yield left.band(f"Declared each {figures.unit}")
    x = left.x + left.width - 6 - 110 * len(figures.severities)
    for number, group in enumerate(figures.severities):
        at = x + number * 110
        yield f'<rect class="{group.name}" x="{at}" y="{left.y + 12}" width="12" height="12" rx="2" stroke-width="0"/>'
        said = f"{severity_title(group.name)} ({group.incidents})"
        yield f'<text class="small" x="{at + 18}" y="{left.y + 22}">{text(said)}</text>'
    yield from columns(left, figures.counts)
    yield right.band("By service")
    yield from bars(right, figures.services)
