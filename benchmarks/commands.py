"""What a command costs before it does anything: processor time of a process of its own, the least of some runs."""

import os
import sys
from collections.abc import Mapping

from benchmarks.figures import Figure, figure
from benchmarks.scale import BenchScale

TARGET_S = 0.35
NOBODY_LISTENS = {**os.environ, "TEMPORAL_ADDRESS": "127.0.0.1:1"}
NO_GATEWAY = {**NOBODY_LISTENS, "TOCSIN_URL": "http://127.0.0.1:1", "TOCSIN_TOKEN": "of-nobody"}
TEMPORAL = "import temporalio.client, temporalio.contrib.pydantic"


async def commands(scale: BenchScale) -> list[Figure]:
    """`ack` and `show` get as far as the address that nobody listens at. Their floor is what the SDK's import costs; by
    way of a gateway they need none of it."""
    least = max(1, scale.idle // 12)
    tocsin = (sys.executable, "-m", "tocsin")
    sdk = _least(least, sys.executable, "-c", TEMPORAL)
    return [
        figure("tocsin --help", _least(least, *tocsin, "--help"), "s").below(TARGET_S),
        figure("tocsin ack --help", _least(least, *tocsin, "ack", "--help"), "s").below(TARGET_S),
        figure("tocsin ack", _least(least, *tocsin, "ack"), "s", sdk).below(TARGET_S),
        figure("tocsin show", _least(least, *tocsin, "show"), "s", sdk).below(TARGET_S),
        figure("tocsin ack, by a gateway", _least(least, *tocsin, "ack", where=NO_GATEWAY), "s").below(TARGET_S),
        figure("tocsin show, by a gateway", _least(least, *tocsin, "show", where=NO_GATEWAY), "s").below(TARGET_S),
    ]


def _least(times: int, *command: str, where: Mapping[str, str] = NOBODY_LISTENS) -> float:
    return min(_took(command, where) for _ in range(times))


def _took(command: tuple[str, ...], where: Mapping[str, str]) -> float:
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    pid = os.posix_spawn(command[0], command, where, file_actions=nowhere)
    _, _, used = os.wait4(pid, 0)
    return used.ru_utime + used.ru_stime
