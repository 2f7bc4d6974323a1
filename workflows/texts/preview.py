"""A runbook's preview: what the simulation plans, in the words in which it would be said."""

from collections.abc import Collection

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import WriteDocument
from workflows.policy.rota.reached import Rosters
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine, Scenario, simulate_lines
from workflows.policy.simulation.simulate import Simulation
from workflows.texts import documents
from workflows.texts.render import words


def preview(
    book: Runbook, course: Scenario, rosters: Rosters | None = None, known_posts: Collection[str] = ()
) -> list[PreviewLine]:
    """What would follow, in the order of time; `rosters` say who holds the posts that are held elsewhere, and
    `known_posts` which posts a pager rings whoever holds them."""
    return simulate_lines(book, course, say, rosters, known_posts)


def say(simulation: Simulation, demand: Demand) -> str:
    """The text of a demand, as everything stands now."""
    text = words(simulation.book, simulation.incident, demand, simulation.now, simulation.review).text
    if isinstance(demand.effect, WriteDocument):  # its record would repeat the whole preview
        return text.partition(documents.BEGIN_MARK)[0].strip()
    return text
