"""Who is told something by what is demanded, in words for whoever has just caused it."""

from collections.abc import Iterable

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate, Destination, Email, Page, Post, Publish, SyncPager
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook


def recipients(book: Runbook, incident: Incident, demands: Iterable[Demand]) -> tuple[str, ...]:
    """Each once: `#incidents`, `On-call Engineer (paged)`, `the status page`."""
    found = (_recipient(book, incident, demand) for demand in demands)
    return tuple(dict.fromkeys(one for one in found if one))


def _recipient(book: Runbook, incident: Incident, demand: Demand) -> str:
    match demand.effect:
        case Page(to=to):
            return f"{book.person_name(to)} (paged)"
        case SyncPager(to=to) | Annotate(to=to):
            return f"{book.person_name(to)}'s pager"
        case Post(to=to):
            return _place(book, incident, to)
        case Publish():
            return "the status page"
        case Email(to=to):
            return book.audience_name(to)
    return ""


def _place(book: Runbook, incident: Incident, to: Destination) -> str:
    """By a name that people know; the chat knows channels by ids."""
    own = incident.references.get("channel")
    if own is not None and to.channel == own:
        return incident.references.get("channel-name") or "the incident's channel"
    return book.home if to.thread else to.channel
