"""What a PagerDuty account has that we need: abilities, priorities, users, the subscription that sends webhooks."""

from collections.abc import Collection

from activities.pagerduty_incidents import PagerDutyRest
from activities.pagerduty_json import PagerDutyAnswer
from activities.vendor_answer import Entries


class Abilities(PagerDutyAnswer):
    abilities: Entries[str]


class NamedPriority(PagerDutyAnswer):
    name: str = ""


class Priorities(PagerDutyAnswer):
    priorities: Entries[NamedPriority]


class AccountUser(PagerDutyAnswer):
    id: str
    name: str = ""
    email: str = ""


class AccountUsers(PagerDutyAnswer):
    users: Entries[AccountUser]


class WebhookDelivery(PagerDutyAnswer):
    url: str = ""
    secret: str | None = None
    """Only in the answer that makes it."""


class WebhookSubscription(PagerDutyAnswer):
    decisive = frozenset({"active"})

    id: str
    active: bool = True
    """False: after three refusals in a row PagerDuty sends nothing for a day, and drops what waits."""
    events: Entries[str] = ()
    delivery_method: WebhookDelivery = WebhookDelivery()


class WebhookSubscriptions(PagerDutyAnswer):
    webhook_subscriptions: Entries[WebhookSubscription]


class OneSubscription(PagerDutyAnswer):
    webhook_subscription: WebhookSubscription


class PagerDutyAccount:
    """Every method raises Unavailable or Rejected."""

    def __init__(self, api: PagerDutyRest) -> None:
        self._api = api

    async def abilities(self) -> tuple[str, ...]:
        return (await self._api.get("/abilities", Abilities)).abilities

    async def priorities(self) -> tuple[str, ...]:
        found = await self._api.get("/priorities", Priorities)
        return tuple(priority.name for priority in found.priorities)

    async def user(self, email: str) -> AccountUser | None:
        found = await self._api.get("/users", AccountUsers, {"query": email, "limit": 100})
        return next((user for user in found.users if user.email.casefold() == email.casefold()), None)

    async def subscription(self, url: str) -> WebhookSubscription | None:
        """The one that leads there; one that is on, of several."""
        found = await self._api.get("/webhook_subscriptions", WebhookSubscriptions, {"limit": 100})
        ours = [each for each in found.webhook_subscriptions if each.delivery_method.url.rstrip("/") == url]
        return next(iter(sorted(ours, key=lambda each: not each.active)), None)

    async def subscribe(self, url: str, events: Collection[str]) -> WebhookSubscription:
        """Its secret is in this answer and in no other."""
        wanted = {
            "type": "webhook_subscription",
            "description": "Tocsin",
            "delivery_method": {"type": "http_delivery_method", "url": url},
            "events": list(events),
            "filter": {"type": "account_reference"},
        }
        made = await self._api.post("/webhook_subscriptions", OneSubscription, {"webhook_subscription": wanted})
        return made.webhook_subscription

    async def widen(self, known: WebhookSubscription, events: Collection[str]) -> None:
        """So that it has these, too."""
        all_of_them = list(dict.fromkeys((*known.events, *events)))
        body = {"webhook_subscription": {"type": "webhook_subscription", "events": all_of_them}}
        await self._api.put(f"/webhook_subscriptions/{known.id}", PagerDutyAnswer, body)

    async def enable(self, known: WebhookSubscription) -> None:
        await self._api.post(f"/webhook_subscriptions/{known.id}/enable", PagerDutyAnswer, {})

    async def ping(self, known: WebhookSubscription) -> None:
        await self._api.send(f"/webhook_subscriptions/{known.id}/ping")
