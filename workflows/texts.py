"""The messages: what is said, in which words.

Templates are Jinja2 in its sandbox, Tocsin's own or the runbook's. Everything that comes from alerts and people enters
as a value, never as a template. A value that is not known shows as `[name?]`; a template that fails shows as plain text
with the reason: at 3 a.m. an ugly message is better than none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from jinja2 import Template, TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

from workflows.default_texts import TEXTS
from workflows.policy.bounded import cut
from workflows.policy.cadence import next_update_at
from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Document, Email, Page, Post, Publish, Ticket
from workflows.policy.incident import Incident, rules
from workflows.policy.references import duties_of
from workflows.policy.room import contacts_for, next_batch
from workflows.policy.runbook import Duty, Runbook, severity_title
from workflows.text_values import Always, Sometimes, Values

LONGEST = 3000
"""Characters: what a Slack text block holds, and more than anybody reads on a phone."""


class _Visible(Undefined):
    """Missing values are seen, not swallowed."""

    def __str__(self) -> str:
        return f"[{self._undefined_name}?]"


ENVIRONMENT = SandboxedEnvironment(undefined=_Visible, trim_blocks=True, lstrip_blocks=True, autoescape=False)
ENVIRONMENT.globals.clear()  # no `range`: a template must not be able to loop for long


_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a runbook's own template may run into."""


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def words(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> Words:
    """Subject and text of an effect, ready for an adapter. Never raises."""
    values = _values(book, incident, demand, now)
    subject = _subject(book, incident, demand, values)
    if isinstance(demand.effect, Publish | Email | Document | Ticket) and demand.effect.words:
        return Words(subject, demand.effect.words)
    template = getattr(demand.effect, "template", "told")
    return Words(subject, _render(book, template, values))


def headline(incident: Incident) -> str:
    """`SEV-1: Checkout fails`: what an incident is called everywhere."""
    return f"{severity_title(incident.severity)}: {incident.title}"


def _whole_minutes(span: timedelta) -> timedelta:
    return timedelta(minutes=span // timedelta(minutes=1))


def clock(at: datetime) -> str:
    return f"{at:%H:%M} UTC"


def _subject(book: Runbook, incident: Incident, demand: Demand, values: Values) -> str:
    if isinstance(demand.effect, Page):
        return f"{headline(incident)} ({demand.reason})"
    if isinstance(demand.effect, Publish):
        return _render(book, "public_name", values)
    return incident.title


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return ENVIRONMENT.from_string(source)


def _render(book: Runbook, template: str, values: Values) -> str:
    source = book.templates.get(template) or TEXTS.get(template)
    if source is None:
        return f"{values['headline']} (the runbook has no text named {template!r})"
    try:
        text = _compiled(source).render(values)
    except _FAILURES as error:
        text = f"{values['headline']}: {values['reason']} (the text {template!r} failed: {error})"
    text = text.strip()
    return cut(text, LONGEST)


def _values(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> Values:
    batch = next_batch(incident, demand.duty, up_to=demand.occurrence)
    always: Always = {
        "id": incident.id,
        "headline": headline(incident),
        "severity": severity_title(incident.severity),
        "title": incident.title,
        "phase": incident.phase.capitalize(),
        "date": f"{incident.declared_at:%Y-%m-%d}",
        "since": clock(incident.declared_at),
        "detected": clock(incident.detected_at),
        "elapsed": f"T+{write(_whole_minutes(now - incident.declared_at))}",
        "reason": demand.reason,
        "commander": _holder(book, incident, "commander"),
        "roles": {book.role_name(role): person for role, person in incident.roles.items()},
        "tried": _tried(book, incident),
        "acknowledged_by": incident.acknowledged_by,
        "resolved_by": incident.resolved_by,
        "resolution": incident.resolution,
        "flags": sorted(incident.flags),
        "links": [{"label": label, "url": url} for label, url in page_links(book, incident)],
        "told": [item.text for item in batch],
        "by": batch[0].by if batch else "",
        "duty": demand.duty,
        "no_pager": incident.no_pager,
        "home": book.home,
        "issue": _issue(incident),
        "contacts": [{"name": c.name, "reach": c.reach} for c in contacts_for(book, incident)],
    }
    return {**always, **_sometimes(book, incident, demand, now)}


def _sometimes(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> Sometimes:
    values: Sometimes = {}
    if incident.service:
        values["service"] = incident.service
    if book.war_room:
        values["war_room"] = book.war_room.url
    if incident.firing:
        values["impact"] = cut("; ".join(sorted({a.summary or a.name for a in incident.firing})), 500)
    if incident.resolution:
        values["cause"] = incident.resolution
    values |= _moments(incident)
    update_at = next_update_at(book, incident, now)
    if update_at:
        values["next_update"] = clock(update_at)
    duty = _duty(book, incident, demand)
    if isinstance(demand.effect, Post) and demand.effect.kind == "draft":
        template = duty.template if duty else f"public_{incident.phase}"
        values["draft"] = _render(book, template, _values(book, incident, _plain(demand), now))
        values["draft_name"] = duty.id if duty else "status-page"
    if duty:
        values["duty_title"] = duty.id.replace("-", " ")
        values["items"] = [line.strip() for line in duty.text.splitlines() if line.strip()]
    return values


def _moments(incident: Incident) -> Sometimes:
    """When the fix was begun, was in place, and when it was over; as far as it has come."""
    values: Sometimes = {}
    if incident.mitigation_started_at:
        values["mitigation_started"] = clock(incident.mitigation_started_at)
    if incident.mitigated_at:
        values["mitigated"] = clock(incident.mitigated_at)
    if incident.resolved_at:
        values["resolved"] = clock(incident.resolved_at)
        values["duration"] = write(_whole_minutes(incident.resolved_at - incident.declared_at))
    return values


def _plain(demand: Demand) -> Demand:
    """The demand as a status page text sees it: a draft quotes that text, and must not quote itself."""
    return demand.model_copy(update={"effect": Publish(status="investigating", template="")})


def _duty(book: Runbook, incident: Incident, demand: Demand) -> Duty | None:
    name = demand.duty.removeprefix("duty/").removeprefix("duty-draft/")
    return next((duty for duty in duties_of(rules(book, incident)) if duty.id == name), None)


def _holder(book: Runbook, incident: Incident, role: str) -> str:
    holder = incident.roles.get(role)
    return book.person_name(holder) if holder else "nobody yet"


def _issue(incident: Incident) -> str:
    """What may be said in public. An alert's own words name hosts and internals: they stay inside."""
    if incident.labels or incident.alerts:
        return f"a problem with {incident.service or 'one of our services'}"
    return incident.title


def _tried(book: Runbook, incident: Incident) -> list[str]:
    people = dict.fromkeys(ring.person for ring in incident.rings.values())
    return [book.person_name(person) for person in people]


def page_links(book: Runbook, incident: Incident) -> tuple[tuple[str, str], ...]:
    """What somebody who was just woken wants to press: the war room, the alert's own links, the dashboards."""
    war_room = ((book.war_room.label, book.war_room.url),) if book.war_room else ()
    return (*war_room, *incident.links, *((link.label, link.url) for link in book.links))
