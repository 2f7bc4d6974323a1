"""Whom could we page at all? Asked before the first incident, not during it."""

from collections.abc import Iterable

from settings import Settings, SettingsError
from workflows.policy.runbook import Runbook


def require_pager(settings: Settings) -> None:
    """Raises SettingsError when nobody could ever be paged and nobody has said that this is meant."""
    if settings.pager or settings.no_pager:
        return
    raise SettingsError(
        "no pager is connected, so nobody would be paged: set TOCSIN_PAGERDUTY_ROUTING_KEYS, "
        "or say --no-pager (every incident then shouts it)"
    )


def paged(runbook: Runbook) -> set[str]:
    """Everybody whom some tier of some severity pages."""
    return {person for severity in runbook.severities.values() for tier in severity.escalation for person in tier.page}


def unroutable(runbooks: Iterable[Runbook], settings: Settings) -> list[str]:
    """A sentence for each person whom a runbook pages and who has no routing key: the page would be rejected."""
    if settings.no_pager:
        return []
    return [
        f"runbook {runbook.runbook} pages {person}, who has no key in TOCSIN_PAGERDUTY_ROUTING_KEYS: the next tier "
        "would be paged instead"
        for runbook in runbooks
        for person in sorted(paged(runbook) - settings.pagerduty_routing_keys.keys())
    ]
