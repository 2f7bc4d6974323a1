"""How many processors this process may use."""

import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def cores(cgroups: Path = CGROUPS) -> int:
    """Those of the machine that it is bound to, and no more than its container's share: a machine of 64 cores gives a
    container with a limit of two no more than two."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _share(cgroups)
    return bound if share is None else max(1, min(bound, int(share)))


def worker_processes(available: int) -> int:
    """One core is left to what is beside the workers; a Python process fills one core."""
    return max(1, available - 1)


def _share(cgroups: Path) -> float | None:
    """Of processor time, in cores: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max), and what version 1
    called it. None: no limit."""
    try:
        quota, period = (cgroups / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota = (cgroups / "cpu/cpu.cfs_quota_us").read_text().strip()
            period = (cgroups / "cpu/cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    limited = quota.isdigit() and period.isdigit() and int(period) > 0
    return int(quota) / int(period) if limited else None
