"""What the sources of alerts prove themselves with: one field each, which `Source.secrets` names."""

from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings

from settings.secret import Secrets


def _several(description: str) -> Any:
    return Field((), description=f"{description} (several while rotating: commas between, or a JSON list)")


class SourceSettings(BaseSettings):
    """Whoever can be reached from other machines closes every source that has none."""

    alertmanager_tokens: Secrets = _several("bearer tokens that Alertmanager may present")
    azure_tokens: Secrets = _several("tokens that the address given to Azure Monitor may end in")
    cloudevents_tokens: Secrets = _several("bearer tokens that senders of CloudEvents may present")
    cloudwatch_topics: Secrets = Field(
        (),
        description="ARNs of the SNS topics that CloudWatch's alarms may come through (commas between, or a JSON list)",
    )
    datadog_tokens: Secrets = _several("bearer tokens that Datadog may present")
    generic_secrets: Secrets = _several("Standard Webhooks secrets (`whsec_...`) for `/webhooks/generic`")
    github_secrets: Secrets = _several("secrets of GitHub's webhooks")
    google_cloud_tokens: Secrets = _several("passwords or tokens of Google Cloud Monitoring's webhooks")
    grafana_secrets: Secrets = _several("HMAC secrets of Grafana's contact points, or their tokens")
    healthchecks_tokens: Secrets = _several("bearer tokens that Healthchecks may present")
    heartbeat_tokens: Secrets = _several("bearer tokens for `/heartbeats/NAME`")
    new_relic_tokens: Secrets = _several("bearer tokens that New Relic may present")
    opsgenie_tokens: Secrets = _several("bearer tokens that Opsgenie may present")
    pagerduty_webhook_secrets: Secrets = _several("signing secrets of PagerDuty's V3 webhook subscription")
    sentry_secrets: Secrets = _several("client secrets of Sentry's integration")
    uptime_kuma_tokens: Secrets = _several("bearer tokens that Uptime Kuma may present")
    zabbix_tokens: Secrets = _several("bearer tokens that Zabbix may present")
