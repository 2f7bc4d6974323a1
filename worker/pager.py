"""Whom could we page at all? Asked before the first incident, not during it."""

from collections.abc import Iterable, Iterator

from settings import Settings, SettingsError
from settings.extras import is_installed, not_installed
from settings.pagers import PAGER_VARIABLES, WAY_CONNECTIONS, WAY_FIELDS
from starter.runbooks.default import SHIPPED_DEFAULT
from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAYS_BY_EMAIL, ReachStep


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
    """A sentence for each person whom a runbook pages and whom no pager knows: the page would be rejected; and for each
    of their ways that leads nowhere. Of the runbooks that ship with Tocsin only the chosen one is meant: the others are
    examples until somebody names them."""
    if settings.no_pager:
        return []
    return [
        sentence
        for runbook in meant(runbooks, settings)
        for sentence in (*_unknown(runbook, settings.reached), *_leading_nowhere(runbook, settings))
    ]


def meant(runbooks: Iterable[Runbook], settings: Settings) -> Iterator[Runbook]:
    """Those that somebody has chosen: of the runbooks that ship with Tocsin, one."""
    for runbook in runbooks:
        if settings.runbooks or runbook.runbook == (settings.runbook or SHIPPED_DEFAULT):
            yield runbook


def unknown(runbook: Runbook, reached: frozenset[str]) -> list[str]:
    """Whoever would be rung, has no ways of their own, and is known to no pager."""
    has_ways = {person for person, somebody in runbook.people.items() if somebody.reach}
    return sorted(_rung(runbook, reached | has_ways) - reached - has_ways)


def _unknown(runbook: Runbook, reached: frozenset[str]) -> Iterator[str]:
    for person in unknown(runbook, reached):
        yield (
            f"runbook {runbook.runbook} pages {person}, whom no pager knows ({PAGER_VARIABLES}): the next tier would "
            "be paged instead"
        )


def _leading_nowhere(runbook: Runbook, settings: Settings) -> Iterator[str]:
    for person, number, missing in ways_leading_nowhere(runbook, settings):
        way = runbook.people[person].reach[number].way
        yield (
            f"runbook {runbook.runbook} reaches {person} by {way}, and {missing}: the next of their ways would be "
            "tried instead"
        )


def ways_leading_nowhere(runbook: Runbook, settings: Settings) -> Iterator[tuple[str, int, str]]:
    """Whose, which of theirs, and what the settings lack for it."""
    for person, somebody in runbook.people.items():
        for number, step in enumerate(somebody.reach):
            if missing := _missing(runbook, settings, person, step):
                yield person, number, missing


def _missing(runbook: Runbook, settings: Settings, person: str, step: ReachStep) -> str:
    """Empty: it leads somewhere."""
    name = step.address or person
    by_email = step.way in WAYS_BY_EMAIL and name in runbook.people and runbook.people[name].email
    asked_to_help = step.way == "pagerduty" and name in settings.reached_by["PagerDuty"]  # by a user's id alone
    if not by_email and not asked_to_help and name not in getattr(settings, WAY_FIELDS[step.way]):
        return f"TOCSIN_{WAY_FIELDS[step.way].upper()} has no {name}"
    if step.way == "apprise":
        return apprise_misses(settings, name)
    connection = WAY_CONNECTIONS.get(step.way)
    return f"TOCSIN_{connection.upper()} is not set" if connection and not getattr(settings, connection) else ""


def apprise_misses(settings: Settings, name: str) -> str:
    """What keeps apprise from reaching whoever has an address. The first time it takes a second."""
    if not is_installed("apprise"):
        return str(not_installed("apprise"))
    from activities.apprise import service_of  # only who reaches people by it has it

    known = service_of(settings.apprise_urls[name].get_secret_value())
    return "" if known else f"apprise does not know the address of {name}, or a library is missing for it"
