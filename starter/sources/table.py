"""Every source of alerts, by name. The gateway serves each at `/webhooks/<name>`."""

from starter.sources import (
    alertmanager,
    azure,
    cloudevents,
    cloudwatch,
    datadog,
    generic,
    github,
    google_cloud,
    grafana,
    healthchecks,
    new_relic,
    opsgenie,
    pagerduty,
    sentry,
    uptime_kuma,
    zabbix,
)
from starter.sources.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        alertmanager.SOURCE,
        grafana.SOURCE,
        datadog.SOURCE,
        cloudwatch.SOURCE,
        azure.SOURCE,
        google_cloud.SOURCE,
        sentry.SOURCE,
        github.SOURCE,
        new_relic.SOURCE,
        pagerduty.SOURCE,
        opsgenie.SOURCE,
        zabbix.SOURCE,
        uptime_kuma.SOURCE,
        healthchecks.SOURCE,
        cloudevents.SOURCE,
        generic.SOURCE,
    )
}
