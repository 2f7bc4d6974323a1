"""Measuring in processes of their own: who asks shares no interpreter with who answers."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Coroutine
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T", bound=BaseModel)


class Took(BaseModel):
    """What a number of equal things took."""

    model_config = ConfigDict(frozen=True)

    begun: list[float]
    """Seconds since 1970. Of what was due at a certain time: that time."""
    seconds: list[float]
    numbers: list[int] = []
    """Which of them; empty where nobody asks."""
    failures: int = 0
    """Those that were refused. They are in no list."""

    @property
    def rate(self) -> float:
        """So many a second, from the first beginning to the last end."""
        ended = max(begun + seconds for begun, seconds in zip(self.begun, self.seconds, strict=True))
        return len(self.seconds) / (ended - min(self.begun))


async def run(module: str, order: BaseModel) -> Took:
    return await ask(module, order, Took)


async def ask(module: str, order: BaseModel, answers: type[T]) -> T:
    """`python -m benchmarks.MODULE`, with an order on its standard input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.{module}", stdin=PIPE, stdout=PIPE
    )
    try:
        answer, _ = await process.communicate(order.model_dump_json().encode())
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"benchmarks.{module} failed")
    return answers.model_validate_json(answer)


def serve(order: type[T], measure: Callable[[T], Coroutine[None, None, BaseModel]]) -> None:
    """The other side of `run`."""
    took = asyncio.run(measure(order.model_validate_json(sys.stdin.buffer.read())))
    sys.stdout.write(took.model_dump_json())
    sys.stdout.flush()
