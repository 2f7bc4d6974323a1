"""How long and how much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BenchScale:
    seconds: float
    """Of each measurement at full speed."""
    idle: int
    """Requests, one after the other."""
    storm_incidents: int
    storm_open: int
    """Incidents that are open before the storm."""
    storm_alerts: int
    open_incidents: int = 10_000
    crash_incidents: int = 30


WHOLE = BenchScale(seconds=5, idle=60, storm_incidents=200, storm_open=1_000, storm_alerts=20_000)
QUICK = BenchScale(
    seconds=0.5, idle=3, storm_incidents=3, storm_open=3, storm_alerts=200, open_incidents=50, crash_incidents=3
)
"""Shows that everything can be measured; its figures mean nothing."""
