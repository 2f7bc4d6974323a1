"""What is said of the new alerts that joined (`joining.py`): in the channel, and at the pager's open alerts."""

from collections.abc import Iterable, Iterator

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate, Post
from workflows.policy.incident.alert_state import NewAlerts
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.planning.destinations import incident_destination
from workflows.policy.planning.ways import noted_rings
from workflows.policy.runbook.model import Runbook

IN_CHANNEL = duty_key(DutyKind.NEWS_IN_CHANNEL)


def new_alert_demands(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """One at a time and place, in order."""
    news = _untold(incident, IN_CHANNEL, incident.news)
    if news is not None:
        where = incident_destination(book, incident)
        yield BlockedDemand(_demand(IN_CHANNEL, news, Post(to=where.to, template="told")), where.waits_for)
    if not incident.resolved:
        yield from _notes(incident)


def of_duty(incident: Incident, demand: Demand) -> NewAlerts | None:
    """Those that this demand tells of."""
    if not duty_of(demand.duty).announces_news:
        return None
    return next((news for news in incident.news if news.number == demand.occurrence), None)


def _notes(incident: Incident) -> Iterator[BlockedDemand]:
    """At the last ring of each person, but of what came before it: the page said that."""
    for person, key in noted_rings(incident, incident.rings).items():
        duty, rung_at = duty_key(DutyKind.NEWS_AT_PAGER, person), incident.rings[key].rung_at
        after = [each for each in incident.news if rung_at <= each.due_at and person not in each.rung]
        news = _untold(incident, duty, after)
        if news is not None:
            waits_for = "the page to be withdrawn" if incident.effect_key(key) in incident.started else ""
            lead = incident.rings[key]
            note = Annotate(to=person, ring=key, template="told", way=lead.way, address=lead.address)
            yield BlockedDemand(_demand(duty, news, note), waits_for)


def _untold(incident: Incident, duty: WrittenDuty, among: Iterable[NewAlerts]) -> NewAlerts | None:
    return next((news for news in among if not incident.has_settled(duty, news.number)), None)


def _demand(duty: WrittenDuty, news: NewAlerts, effect: Post | Annotate) -> Demand:
    count = len(news.texts) + news.more
    reason = "a new alert joined" if count == 1 else f"{count} new alerts joined"
    return Demand(duty=duty, occurrence=news.number, due_at=news.due_at, reason=reason, effect=effect)
