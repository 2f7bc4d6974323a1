"""Every source of alerts, by name. The gateway serves each at `/webhooks/<name>`."""

from starter.sources import alertmanager, generic
from starter.sources.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        alertmanager.SOURCE,
        generic.SOURCE,
    )
}
