"""A page that its pager took, and that reached nobody after all: the same follows as where a page is refused."""

from datetime import datetime
from typing import Literal

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import EffectKey, WrittenDuty
from workflows.policy.runbook.model import Runbook

LostAs = Literal["undelivered", "declined"]


def lost(incident: Incident, at: datetime, ring_key: str, how: LostAs, text: str) -> Incident:
    """The next way or tier is called at once; where somebody has said no, the next tier, whichever way rang them. If
    somebody has answered meanwhile, nobody need do anything."""
    ring = incident.rings[ring_key]
    settled = _as_lost(incident, ring_key, how, at)
    is_news = how == "undelivered" or bool(settled)  # who says no to an older page has yet to answer the newer one
    if ring.state != "ringing" or is_over(incident, ring_key) or not is_news:
        return log(incident, at, text, kind="page")
    key = EffectKey.parse(incident.effect_key(ring_key))
    rang = key is not None and _outcome(incident, key.duty.written) == "done" and key.duty.written in settled
    statistics = incident.tally.lost_after_all() if rang else incident.tally
    after = incident.model_copy(update={"settled": {**incident.settled, **settled}, "tally": statistics})
    return announce(
        after, at, text, kind="page", template="unreached", queue="home", mention=(ring.person,), loud=True
    )  # fmt: skip


def whose(book: Runbook, ring: PagerAlert) -> str:
    who = book.person_name(ring.person)
    return f"{who}'s ({book.person_name(ring.rang)})" if ring.rang else f"{who}'s"


def is_over(incident: Incident, ring_key: str) -> bool:
    """A page about a legal clock outlives its incident."""
    return incident.resolved and not rings_for_obligations(incident, ring_key)


def _as_lost(incident: Incident, ring_key: str, how: LostAs, at: datetime) -> dict[WrittenDuty, Settlement]:
    """The ring's own settlement; of a no, that of the page that it stands beside, too."""
    key = EffectKey.parse(incident.effect_key(ring_key))
    if key is None:
        return {}
    duties = {key.duty.written, key.duty.first_page.written} if how == "declined" else {key.duty.written}
    found = {duty: settled for duty in duties if (settled := incident.settled.get(duty))}
    return {
        duty: settled.model_copy(update={"outcome": how, "settled_at": at})
        for duty, settled in found.items()
        if settled.occurrence == key.occurrence and (how == "declined" or settled.outcome == "done")
    }


def _outcome(incident: Incident, duty: WrittenDuty) -> str:
    settled = incident.settled.get(duty)
    return settled.outcome if settled else ""
