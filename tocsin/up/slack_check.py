"""What is wrong with Slack, said at the start and not first in an incident."""

import asyncio
from collections.abc import Collection
from typing import Final

from chat.doctor import examine
from settings import Settings
from workflows.policy.runbook.model import Runbook

EXAMINED_WITHIN_S: Final = 10.0


async def slack_troubles(
    settings: Settings, books: Collection[Runbook], within_s: float = EXAMINED_WITHIN_S
) -> list[str]:
    """Each with what to do. None where Slack is not connected."""
    if settings.slack_token is None:
        return []
    found: list[str] = []
    try:
        async with asyncio.timeout(within_s):
            async for each in examine(settings, books):
                found += [] if each.well else [f"Slack, {each.what}: {each.said} ({each.remedy})"]
    except TimeoutError:
        found.append("Slack does not answer in time: look with `tocsin doctor slack`")
    return found
