"""Whom a page reaches at all, by these settings: asked by a worker as it starts and each night, by `runbook lint`, and
by `tocsin doctor`."""

from settings import Settings
from worker.pager import ways_leading_nowhere
from workflows.policy.rota.reached import LeadsNowhere, Reachability
from workflows.policy.runbook.model import Runbook


def reachability(book: Runbook, settings: Settings) -> Reachability | None:
    """None: nobody is to be paged, and somebody has said that this is meant."""
    if settings.no_pager:
        return None
    ways = {(person, step): each.way for person, it in book.people.items() for step, each in enumerate(it.reach)}
    nowhere = {(person, step): missing for person, step, missing in ways_leading_nowhere(book, settings)}
    led_to = {person for person, _ in ways.keys() - nowhere.keys()}
    by_any_pager = settings.reached - {person for person, _ in ways}
    lost = (LeadsNowhere(*at, ways[at], missing) for at, missing in nowhere.items())
    return Reachability(by_any_pager | led_to, tuple(lost))
