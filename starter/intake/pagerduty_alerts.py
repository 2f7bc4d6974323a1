"""One look-up at PagerDuty: which alerts an incident over there is made of. Only for webhooks that do not say."""

import re

import httpx
import structlog

from settings import Settings
from starter.sources.foreign import Foreign, read
from starter.sources.reading import Unreadable
from starter.sources.refusal import later

_ALERTS_TIMEOUT_S = 3.0
_PAGERDUTY_ID = re.compile(r"[A-Za-z0-9]{1,40}")  # goes into an address

log = structlog.get_logger()


class _OpenAlert(Foreign):
    alert_key: str = ""


class _OpenAlerts(Foreign):
    alerts: tuple[_OpenAlert, ...]


async def alert_keys(settings: Settings, pagerduty_id: str | None) -> tuple[str, ...]:
    """The keys of an incident's alerts: https://developer.pagerduty.com/api-reference (GET /incidents/{id}/alerts).

    Empty without a token. Raises Refusal (503) when PagerDuty cannot say now: it sends the webhook again for two days.
    """
    token = settings.pagerduty_api_token
    if token is None or not _PAGERDUTY_ID.fullmatch(pagerduty_id or ""):
        return ()
    url = f"{settings.pagerduty_api_url.rstrip('/')}/incidents/{pagerduty_id}/alerts"
    headers = {"Authorization": f"Token token={token.get_secret_value()}", "Accept": "application/json"}
    try:
        async with httpx.AsyncClient(timeout=_ALERTS_TIMEOUT_S) as client:
            answer = await client.get(url, headers=headers)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ()
        answer.raise_for_status()
        return _keys_in(answer.content)
    except httpx.HTTPError as error:
        log.error(
            "cannot look up an incident at PagerDuty", problem=type(error).__name__, check="TOCSIN_PAGERDUTY_API_TOKEN"
        )
        raise later("PagerDuty could not be asked which alerts this is about") from None
    except Unreadable:
        raise later("PagerDuty's answer could not be read") from None


def _keys_in(content: bytes) -> tuple[str, ...]:
    """An alert that cannot be read is left out. If that is each of them nobody knows whose they are. Raises
    Unreadable."""
    found, wrong = read(_OpenAlerts, content, "a list of alerts")
    if wrong:
        log.warning("alerts at PagerDuty could not be read", fields=[each.field for each in wrong])
    if wrong and not found.alerts:
        raise Unreadable("none of the alerts can be read", wrong)
    return tuple(alert.alert_key for alert in found.alerts)
