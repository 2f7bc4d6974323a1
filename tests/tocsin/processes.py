"""For tests that start real processes: who is alive, and waiting with a deadline."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.patience import HANGS_AFTER_S


def eventually(check: Callable[[], bool], within_s: float = HANGS_AFTER_S) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.01)
    return False


def is_alive(pid: int) -> bool:
    """A zombie, which only waits for its parent to look, counts as dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def below(pid: int) -> list[int]:
    """Every process that descends from this one (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [descendant for child in map(int, children) for descendant in (child, *below(child))]
