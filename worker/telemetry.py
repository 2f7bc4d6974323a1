"""What Temporal's SDK counts, for Prometheus: turns that were thrown away, slots that are free, how long tasks waited.

https://docs.temporal.io/references/sdk-metrics
"""

import structlog
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

log = structlog.get_logger("worker")


def runtime(address: str | None, number: int) -> Runtime | None:
    """Shows the metrics of worker process `number` on the port of `address`, or the one that is so many further. None
    if that is not wanted, or cannot be: nobody's page waits for a port."""
    if address is None:
        return None
    host, _, port = address.rpartition(":")
    where = f"{host}:{int(port) + number - 1}"
    shown = PrometheusConfig(where, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True)
    try:
        made = Runtime(telemetry=TelemetryConfig(metrics=shown))
    except (RuntimeError, ValueError) as error:
        log.error("there are no metrics", address=where, problem=str(error))
        return None
    log.info("metrics", address=f"http://{where}/metrics")
    return made
