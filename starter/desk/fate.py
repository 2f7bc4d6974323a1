"""Waiting, but not for long, for what becomes of a page that somebody has just asked for."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from starter.temporal.incidents import Incidents
from workflows.policy.incident.state import Incident
from workflows.policy.views.first_page import FirstPage
from workflows.policy.views.results import Upcoming

FATE_WITHIN = timedelta(seconds=8)
"""So long a page is waited for: PagerDuty answers in a second, and the next tier is tried at once."""
FATE_LOOK_EVERY_S = 0.25


async def fate(
    known: Incidents,
    workflow_id: str,
    found: Callable[[Incident, Sequence[Upcoming]], FirstPage],
    within: timedelta,
) -> tuple[Incident, FirstPage]:
    """What is known of the page when it is decided, or when patience ends. Raises NobodyWorks."""
    clock = asyncio.get_running_loop()
    patient_until = clock.time() + within.total_seconds()
    while True:
        plan_view = await known.plan_view(workflow_id)
        incident = (await known.status(workflow_id)).incident
        page = found(incident, plan_view.lines)
        if page.decided or clock.time() > patient_until:
            return incident, page
        await asyncio.sleep(FATE_LOOK_EVERY_S)
