"""`tocsin setup pagerduty`: the webhook subscription is made, widened, switched on again, and tried."""

from activities.errors import Rejected, Unavailable
from activities.pagerduty_account import PagerDutyAccount, WebhookSubscription
from settings import Settings
from starter.intake.pagerduty_rings import SUBSCRIBED_EVENTS
from tocsin.failure import ExitCode, Failure
from worker.adapters import pagerduty

SECRETS = "TOCSIN_PAGERDUTY_WEBHOOK_SECRETS"
AFTERWARDS = "Then start the gateways anew, and try it: tocsin setup pagerduty"


def webhook_url(settings: Settings) -> str:
    """Where PagerDuty's webhooks arrive; empty if nobody has said how the gateway is reached from outside."""
    base = settings.gateway_url.rstrip("/")
    return f"{base}/webhooks/pagerduty" if base else ""


async def set_up(settings: Settings) -> list[str]:
    """Safe to do again: says what was done. Raises Failure."""
    url = webhook_url(settings)
    if settings.pagerduty_api_token is None:
        raise Failure("set TOCSIN_PAGERDUTY_API_TOKEN, a REST API key that may write: subscriptions are made with it")
    if not url:
        raise Failure("set TOCSIN_GATEWAY_URL, the address at which PagerDuty reaches the gateway")
    account = PagerDutyAccount(pagerduty(settings))
    try:
        known = await account.subscription(url)
        return await (_make(account, url) if known is None else _mend(account, known, settings))
    except Unavailable as error:
        raise Failure(str(error), ExitCode.not_reached) from None
    except Rejected as error:
        raise Failure(f"{error}: does TOCSIN_PAGERDUTY_API_TOKEN have write access to the whole account?") from None


async def _make(account: PagerDutyAccount, url: str) -> list[str]:
    """Not tried yet: a gateway that does not know the secret refuses it, and three refusals switch it off for a day."""
    made = await account.subscribe(url, SUBSCRIBED_EVENTS)
    secret = made.delivery_method.secret
    if not secret:
        raise Failure(f"PagerDuty made the subscription {made.id} and told no secret: delete it there, and try again")
    return [
        f"PagerDuty sends what happens there to {url} (subscription {made.id}).",
        "Its secret is shown this once. Put it into the gateway's settings, beside any that are there:",
        f"{SECRETS}='[\"{secret}\"]'",
        AFTERWARDS,
    ]


async def _mend(account: PagerDutyAccount, known: WebhookSubscription, settings: Settings) -> list[str]:
    if not settings.pagerduty_webhook_secrets:
        raise Failure(
            f"PagerDuty has a subscription already ({known.id}), and {SECRETS} is not set: nobody can read its secret "
            "again. Delete it there, and try again"
        )
    done = []
    if missing := [event for event in SUBSCRIBED_EVENTS if event not in known.events]:
        await account.widen(known, missing)
        done.append(f"The subscription {known.id} has {len(missing)} more types of events.")
    if not known.active:
        await account.enable(known)
        done.append(
            f"The subscription {known.id} was off, and is on again: PagerDuty switches one off for a day after three "
            "refusals in a row, and has dropped what waited. Look at /readyz for why it was refused."
        )
    await account.ping(known)
    done.append(f"PagerDuty tries it now: the gateway counts one more ignored event, or {known.id} is refused there.")
    return done
