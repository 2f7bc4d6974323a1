"""What becomes of a page: it rang, or could not; and of what is then done to it at the pager."""

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Receipt, SyncPager
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.planning.ways import first_way
from workflows.policy.planning.wording import how_late
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES
from workflows.policy.wire.bounded import LONGEST_FOREIGN_NAME, weight


def paged(book: Runbook, incident: Incident, event: EffectSettled, page: Page) -> Incident:
    who, rang = book.person_name(page.to), event.receipt.rang
    who = f"{who} ({book.person_name(rang)})" if rang else who
    key = incident.vendor_key(event.demand.key)
    if key in incident.rings:
        follow = {"followed": event.receipt.followed, "polled": event.receipt.polled}
        took = {"rang": rang, "through_at": event.at, **follow, **_lead(book, rang), **_called(event.receipt, key)}
        incident = incident.model_copy(
            update={"rings": {**incident.rings, key: incident.rings[key].model_copy(update=took)}}
        )
    statistics = incident.tally.settled(page, event.outcome == "done", event.late)
    incident = incident.model_copy(update={"tally": statistics})
    if event.outcome == "done":
        cleared = {p: r for p, r in incident.refused_routes.items() if p != page.to}
        after = incident.model_copy(update={"refused_routes": cleared})
        say = announce if _is_news(incident, event.demand) else log
        after = say(after, event.at, f"paged {who}: {event.demand.reason}{how_late(event)}", kind="page")
        return log(after, event.at, f"{who}'s page {event.receipt.note}", kind="page") if event.receipt.warns else after
    rings = {k: ring for k, ring in incident.rings.items() if k != key}
    if event.outcome == "rejected":
        routes = incident.refused_routes.get(page.to, ())
        refused = {**incident.refused_routes, page.to: (*routes, event.route or "")[-4:]}
        incident = incident.model_copy(update={"refused_routes": refused, "rings": rings})
    by = f" by {WAY_TITLES.get(page.way, page.way)}" if page.way else ""
    text = f"{who} could not be paged{by}: {event.problem}"
    return announce(
        incident, event.at, text, kind="page", template="unreached", queue="home", mention=(page.to,), loud=True
    )


def _called(receipt: Receipt, key: str) -> dict[str, str]:
    """Under which name it is asked about there, or changed, if that is not our key. A part of a name finds nothing."""
    its_own = receipt.reference or key
    return {"reference": its_own} if its_own != key and weight(its_own) <= LONGEST_FOREIGN_NAME else {}


def _lead(book: Runbook, person: str) -> dict[str, str]:
    """Whoever holds a post is rung by the first of their own ways."""
    way = first_way(book, person)
    return {"way": way.way, "address": way.address or ""} if way else {}


def _is_news(incident: Incident, demand: Demand) -> bool:
    """Nobody has answered in time, or the next tier is called, for the first time: the card shows who else rings."""
    duty = duty_of(demand.duty)
    next_tier = duty.kind is DutyKind.ESCALATE and (duty.tier or 0) > 1
    return (next_tier or duty.kind is DutyKind.OVERDUE) and demand.occurrence == incident.first_round


def synced(book: Runbook, incident: Incident, event: EffectSettled, sync: SyncPager) -> Incident:
    rings = dict(incident.rings)
    ring = rings.pop(sync.ring, None)
    if ring is not None and sync.become == "acknowledged":
        rings[sync.ring] = ring.model_copy(update={"state": "acknowledged"})
    ended_at = event.at if sync.become == "resolved" else incident.pages_ended_at
    after = incident.model_copy(update={"rings": rings, "pages_ended_at": ended_at})
    if event.outcome == "done":
        return after
    who = book.person_name(sync.to)
    text = f"could not mark {who}'s page as {sync.become}: {event.problem}. At the pager it is still open"
    return announce(after, event.at, text, loud=True)
