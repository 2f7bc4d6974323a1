"""A silence that the public is told of: planned work, on the status page for as long as the silence lasts."""

from collections.abc import Iterable
from datetime import datetime

from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.public_page import MaintenanceAnnounced, public_id
from workflows.policy.watches.silence import Silence


def to_announce(state: Silence, now: datetime) -> MaintenanceAnnounced | None:
    """What the page does not know yet: that it is planned, or that it ends at another time."""
    if not state.card.public or state.announced_until == state.ends_at:
        return None
    return MaintenanceAnnounced(
        at=now,
        by="Tocsin",
        maintenance=public_id(f"silence {state.card.id}"),
        name=state.card.public,
        components=state.card.components,
        starts_at=state.card.starts_at,
        ends_at=state.ends_at,
    )


def announced(state: Silence, said: MaintenanceAnnounced, problem: str = "") -> Silence:
    """Also if it could not be: that is shown, and not tried for ever."""
    known = {"announced_until": said.ends_at, **({"problem": problem} if problem else {})}
    return state.model_copy(update=known)


def components_of(matchers: Iterable[Matcher], books: Iterable[Runbook]) -> tuple[str, ...]:
    """The services that it names, by the names that runbooks list for the public."""
    named = list(_named(matchers, books))
    return tuple(dict.fromkeys(named))


def _named(matchers: Iterable[Matcher], books: Iterable[Runbook]) -> Iterable[str]:
    exact = [matcher for matcher in matchers if matcher.operator == "="]
    for book in books:
        intake = book.intake
        for matcher in exact:
            service = intake.services.get(matcher.value, matcher.value)
            if matcher.label in ("service", *intake.service_labels) and service in intake.services.values():
                yield service
