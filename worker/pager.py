"""Whom could we page at all? Asked before the first incident, not during it."""

from collections.abc import Iterable

from settings import Settings, SettingsError
from settings.pagers import PAGER_VARIABLES
from starter.runbooks.default import SHIPPED_DEFAULT
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook


def require_pager(settings: Settings) -> None:
    """Raises SettingsError when nobody could ever be paged and nobody has said that this is meant."""
    if settings.pager or settings.no_pager:
        return
    raise SettingsError(
        f"no pager is connected, so nobody would be paged: set {PAGER_VARIABLES}, "
        "or say --no-pager (every incident then shouts it)"
    )


def paged(runbook: Runbook) -> set[str]:
    """Everybody whom some tier of some severity pages, as long as nobody else takes the roles that it names."""
    tiers = [tier for severity in runbook.severities.values() for tier in severity.escalation]
    return {person for tier in tiers for person in callees(runbook, tier)}


def _rung(runbook: Runbook, reached: frozenset[str]) -> set[str]:
    """Whoever takes turns is rung for a post that no pager knows. Who holds one elsewhere is not known here."""
    rotas = {post: runbook.people[post].on_call for post in paged(runbook) - reached}
    others = {person for rota in rotas.values() if rota for person in rota.people}
    return {post for post in paged(runbook) if not rotas.get(post)} | others


def unroutable(runbooks: Iterable[Runbook], settings: Settings) -> list[str]:
    """A sentence for each person whom a runbook pages and whom no pager knows: the page would be rejected. Of the
    runbooks that ship with Tocsin only the chosen one is meant: the others are examples until somebody names them."""
    if settings.no_pager:
        return []
    reached = settings.reached
    return [
        f"runbook {runbook.runbook} pages {person}, whom no pager knows ({PAGER_VARIABLES}): the next tier would be "
        "paged instead"
        for runbook in runbooks
        if settings.runbooks or runbook.runbook == (settings.runbook or SHIPPED_DEFAULT)
        for person in sorted(_rung(runbook, reached) - reached)
    ]
