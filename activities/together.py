"""Several attempts at once, each with an end of its own."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

AT_MOST_S = 20.0
"""Seconds for each of them: below what the activity has, so that one that hangs costs the others no answer."""

Result = TypeVar("Result")


async def at_once(attempts: Iterable[Awaitable[Result]]) -> list[Result | BaseException]:
    """What each returned or raised; those that raise are in nobody's way."""
    return await asyncio.gather(*map(_bounded, attempts), return_exceptions=True)


async def _bounded(attempt: Awaitable[Result]) -> Result:
    async with asyncio.timeout(AT_MOST_S):
        return await attempt
