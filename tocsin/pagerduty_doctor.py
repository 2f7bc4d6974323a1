"""`tocsin doctor pagerduty`: is PagerDuty set up as it has to be? It changes nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from activities.errors import Rejected, Unavailable
from activities.pagerduty_account import PagerDutyAccount
from activities.pagerduty_incidents import PagerDutyRest
from activities.pagerduty_services import service_of
from chat.doctor import Examined
from settings import Settings
from starter.intake.pagerduty_rings import SUBSCRIBED_EVENTS
from tocsin.pagerduty_setup import SECRETS, webhook_url
from worker.adapters import pagerduty
from worker.pager import meant, unknown
from workflows.policy.runbook.model import Runbook

Examination = Callable[[PagerDutyAccount, Settings], Awaitable[Examined]]


async def examine_pagerduty(settings: Settings, books: Iterable[Runbook]) -> AsyncIterator[Examined]:
    yield _keys(settings, books)
    yield _secrets(settings)
    if settings.pagerduty_api_token is None:
        remedy = "set TOCSIN_PAGERDUTY_API_TOKEN: without it nobody knows whether a page reached anybody"
        yield Examined(what="token", well=False, said="none is set", remedy=remedy)
        return
    api = pagerduty(settings)
    account = PagerDutyAccount(api)
    for name, look in EXAMINATIONS.items():
        try:
            yield await look(account, settings)
        except (Unavailable, Rejected) as error:
            yield Examined(what=name, well=False, said=str(error), remedy="is TOCSIN_PAGERDUTY_API_TOKEN right?")
            if name == "token":
                return
    async for seen in _services(api, settings):
        yield seen


async def _services(api: PagerDutyRest, settings: Settings) -> AsyncIterator[Examined]:
    """Where each key leads: what the token does not see cannot be followed, and what is off rings nobody."""
    for person, key in sorted(settings.pagerduty_routing_keys.items()):
        what = f"service of {person}"
        try:
            service = await service_of(api, key.get_secret_value())
        except (Unavailable, Rejected) as error:
            remedy = "the token may read services: a read-only key of the account, or of a user who sees them"
            yield Examined(what=what, well=False, said=str(error), remedy=remedy)
            continue
        if service is None:
            said = "the token sees no service that has this key: nobody knows whether a page reached anybody"
            remedy = "a token of the account, or of a user in that team. An event orchestration's key is never found"
            yield Examined(what=what, well=False, said=said, remedy=remedy)
        elif service.is_off:
            yield Examined(what=what, well=False, said=f"{service.name} is off: it rings nobody", remedy="turn it on")
        else:
            yield Examined(what=what, well=True, said=service.name)


def _keys(settings: Settings, books: Iterable[Runbook]) -> Examined:
    """Of those whom it is meant to ring: whoever is rung by nobody else."""
    people = {person for book in meant(books, settings) for person in unknown(book, settings.reached)}
    known = ", ".join(sorted(settings.pagerduty_routing_keys))
    if not known:
        remedy = 'set TOCSIN_PAGERDUTY_ROUTING_KEYS=\'{"on-call": "R0..."}\''
        return Examined(what="keys", well=False, said="there is none: PagerDuty rings nobody", remedy=remedy)
    if people:
        said = f"of {known}; no pager knows {', '.join(sorted(people))}"
        remedy = "give them keys, topics or ways of their own: docs/reach.md"
        return Examined(what="keys", well=False, said=said, remedy=remedy)
    said = f"of {known}. Whether one rings is shown by: tocsin page-test"
    return Examined(what="keys", well=True, said=said)


def _secrets(settings: Settings) -> Examined:
    if settings.pagerduty_webhook_secrets:
        return Examined(what="secret", well=True, said=f"{len(settings.pagerduty_webhook_secrets)} set")
    remedy = "tocsin setup pagerduty makes a subscription, and shows its secret once"
    return Examined(
        what="secret", well=False, said=f"{SECRETS} is not set: nothing of theirs is believed", remedy=remedy
    )


async def _token(account: PagerDutyAccount, settings: Settings) -> Examined:
    await account.abilities()
    return Examined(what="token", well=True, said=f"{settings.pagerduty_api_url} takes it")


async def _sender(account: PagerDutyAccount, settings: Settings) -> Examined:
    email = settings.pagerduty_from
    if not email:
        remedy = "set TOCSIN_PAGERDUTY_FROM, the e-mail of a user there: nothing is written without it"
        return Examined(what="user", well=False, said="none is set", remedy=remedy)
    if await account.user(email) is None:
        remedy = "TOCSIN_PAGERDUTY_FROM is the e-mail of a user there"
        return Examined(what="user", well=False, said=f"PagerDuty knows no {email}", remedy=remedy)
    return Examined(what="user", well=True, said=email)


async def _priorities(account: PagerDutyAccount, settings: Settings) -> Examined:
    there = await account.priorities()
    wrong = [f"{ours}: {name}" for ours, name in settings.pagerduty_priorities.items() if name not in there]
    if wrong:
        remedy = f"PagerDuty has {', '.join(there) or 'none'}: set TOCSIN_PAGERDUTY_PRIORITIES, or {{}} for none"
        return Examined(what="priorities", well=False, said=f"it does not know {', '.join(wrong)}", remedy=remedy)
    return Examined(
        what="priorities", well=True, said=", ".join(settings.pagerduty_priorities.values()) or "none is set"
    )


async def _webhooks(account: PagerDutyAccount, settings: Settings) -> Examined:
    url, remedy = webhook_url(settings), "tocsin setup pagerduty"
    if not url:
        remedy = "set TOCSIN_GATEWAY_URL, the address at which PagerDuty reaches the gateway"
        return Examined(what="webhooks", well=False, said="nobody says where they go", remedy=remedy)
    known = await account.subscription(url)
    if known is None:
        return Examined(what="webhooks", well=False, said=f"no subscription leads to {url}", remedy=remedy)
    if not known.active:
        said = f"{known.id} is off: three webhooks in a row were refused, and PagerDuty sends nothing for a day"
        return Examined(what="webhooks", well=False, said=said, remedy=f"see /readyz for why, then: {remedy}")
    if missing := [event for event in SUBSCRIBED_EVENTS if event not in known.events]:
        said = f"{known.id} lacks {', '.join(missing)}"
        return Examined(what="webhooks", well=False, said=said, remedy=remedy)
    return Examined(what="webhooks", well=True, said=f"{known.id} leads to {url}")


EXAMINATIONS: dict[str, Examination] = {
    "token": _token,
    "user": _sender,
    "priorities": _priorities,
    "webhooks": _webhooks,
}
