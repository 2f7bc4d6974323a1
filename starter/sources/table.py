"""Every source of alerts, by name. The gateway serves each at `/webhooks/<name>`."""

from starter.sources import alertmanager, cloudwatch, datadog, generic, github, grafana, pagerduty, sentry
from starter.sources.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        alertmanager.SOURCE,
        grafana.SOURCE,
        datadog.SOURCE,
        cloudwatch.SOURCE,
        sentry.SOURCE,
        github.SOURCE,
        pagerduty.SOURCE,
        generic.SOURCE,
    )
}
