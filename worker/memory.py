"""How much memory this process may use."""

import os
from pathlib import Path

MEMORY_CGROUPS = Path("/sys/fs/cgroup")
UNTOLD = 2 << 30
"""Bytes that are reckoned with where the system does not say."""


def memory(cgroups: Path = MEMORY_CGROUPS) -> int:
    """In bytes: the machine's, and no more than its container's limit."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        machine = UNTOLD
    return min(machine, _limit(cgroups) or machine)


def _limit(cgroups: Path) -> int | None:
    """https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max), and what version 1 called it. None: no limit."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            said = (cgroups / name).read_text().strip()
        except OSError:
            continue
        return int(said) if said.isdigit() and int(said) > 0 else None
    return None
