"""One look-up at PagerDuty: which alerts an incident over there is made of. Only for webhooks that do not say."""

import re

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from settings import Settings
from starter.sources.refusal import later

_ALERTS_TIMEOUT_S = 3.0
_PAGERDUTY_ID = re.compile(r"[A-Za-z0-9]{1,40}")  # goes into an address

log = structlog.get_logger()


class _OpenAlert(BaseModel):
    model_config = ConfigDict(extra="ignore")
    alert_key: str | None = None


class _OpenAlerts(BaseModel):
    model_config = ConfigDict(extra="ignore")
    alerts: list[_OpenAlert] = []


async def alert_keys(settings: Settings, pagerduty_id: str | None) -> tuple[str | None, ...]:
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
        return tuple(alert.alert_key for alert in _OpenAlerts.model_validate_json(answer.content).alerts)
    except httpx.HTTPError as error:
        log.error(
            "cannot look up an incident at PagerDuty", problem=type(error).__name__, check="TOCSIN_PAGERDUTY_API_TOKEN"
        )
        raise later("PagerDuty could not be asked which alerts this is about") from None
    except ValidationError:
        raise later("PagerDuty's answer could not be read") from None
