"""A worker says what it has loaded and how it runs: commands and gateways go by that (ADR 0018)."""

import asyncio

import structlog
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.connection import TemporalConnection
from starter.temporal.coverages import Coverages
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.results import NothingOpen, Unreachable
from starter.temporal.shifts import Shifts
from workflows.policy.watches.installation import Installation

AGAIN_AFTER_S = 5.0

log = structlog.get_logger("worker")


async def publish(client: Client, library: Library, settings: Settings) -> None:
    """Until it is done. It never stands in the way of the work: what was published before stays in force meanwhile."""
    ours = loaded(library, settings)
    if ours.default not in ours.runbooks:
        log.error(
            "the default runbook is not loaded: nothing is published",
            runbook=ours.default,
            loaded=sorted(library.runbooks),
        )
        return
    installations = Installations(TemporalConnection(client))
    while True:
        try:
            published = await installations.publish(ours)
        except Unreachable as error:
            log.error("the runbooks are not published yet", problem=str(error))
            await asyncio.sleep(AGAIN_AFTER_S)
            continue
        await keep_watches(client, ours)
        log.info("published", runbooks=sorted(published.runbooks), default=published.default, speed=published.speed)
        if published.changed_at == ours.published_at:
            for change in published.changed:
                log.warning("this publication changes the running installation", change=change)
        return


async def keep_watches(client: Client, ours: Installation) -> None:
    """What they know is good to have: nobody's page waits for it, so that it stands in nobody's way either."""
    connection = TemporalConnection(client)
    try:
        await Shifts(connection).keep(ours)
        await Coverages(connection).keep(ours)
    except (Unreachable, NothingOpen) as error:
        log.warning("who is on call is not watched yet: the next start tries again", problem=str(error))
