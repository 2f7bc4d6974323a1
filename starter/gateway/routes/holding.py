"""What a silence holds back of a delivery, and what the sender is told of that."""

from datetime import datetime

from pydantic import BaseModel

from starter.gateway.gateway import Gateway
from starter.intake import grouping
from starter.intake.silencing import Silenced, without
from starter.sources.reading import Reading
from workflows.policy.runbook.model import Runbook


class HeldAlerts(BaseModel):
    """Alerts that open no incident now. If they have not resolved when the silence ends, they do then."""

    silence: str
    until: datetime
    by: str
    reason: str
    alerts: int

    def __str__(self) -> str:
        return f"held by silence {self.silence} until {self.until:%Y-%m-%d %H:%M} UTC: {self.reason}"


async def hold(
    gateway: Gateway, source: str, reading: Reading, book: Runbook, received_at: datetime
) -> tuple[Reading, list[HeldAlerts]]:
    """The rest, which goes on, and what was held. Once this returns, Temporal has that."""
    told: list[HeldAlerts] = []
    gone: list[Reading] = []
    for silenced in await gateway.silencing.matching(source, reading, book, received_at):
        if await _hold(gateway, source, silenced, book, received_at):
            gone.append(silenced.reading)
            firing = sum(sent.status == "firing" for sent in silenced.reading.alerts)
            card = silenced.by
            if firing:
                told.append(
                    HeldAlerts(silence=card.id, until=card.ends_at, by=card.by, reason=card.reason, alerts=firing)
                )
    if told:
        gateway.counts[source, "held"] += 1
    return without(reading, gone), told


async def _hold(gateway: Gateway, source: str, silenced: Silenced, book: Runbook, received_at: datetime) -> bool:
    """All of it or nothing: part of it held twice does no harm, and goes on as well."""
    for batch in grouping.group(source, silenced.reading, book, received_at).batches:
        opening = gateway.opening(batch)
        if not await gateway.silencing.hold(silenced.by, batch, opening, received_at):
            return False
    return True
