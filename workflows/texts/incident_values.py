"""What a template may say of an incident: how it stands, who works on it, what is public of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from workflows.policy.communication.channel import next_batch
from workflows.policy.communication.joined import of_duty
from workflows.policy.communication.updates import next_update_at
from workflows.policy.effects.effects import Card, OutsideEffect, Post
from workflows.policy.escalation.on_call import named_posts
from workflows.policy.incident.noticed import noticed
from workflows.policy.incident.rules import is_acknowledged
from workflows.policy.incident.who import as_people_read
from workflows.policy.planning.conditions import contacts_for
from workflows.policy.planning.destinations import known_channel
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock, dated, day_in
from workflows.policy.time.durations import write
from workflows.texts import documents, gaps, review_context
from workflows.texts.occasion import Occasion, is_unread
from workflows.texts.page_details import page_labels, page_links, room_links


class Labelled(TypedDict):
    label: str
    url: str


class Reachable(TypedDict):
    name: str
    reach: str


@dataclass(frozen=True)
class IncidentValues(Occasion):
    """Every property is a value."""

    @property
    def id(self) -> str:
        return self.incident.id

    @property
    def headline(self) -> str:
        """`SEV-1: Checkout fails`: what an incident is called everywhere."""
        return f"{self.severity}: {self.title}"

    @property
    def severity(self) -> str:
        return severity_title(self.incident.severity)

    @property
    def title(self) -> str:
        return self.issue if is_unread(self.demand) else self.incident.title

    @property
    def phase(self) -> str:
        return self.incident.phase.title()

    @property
    def date(self) -> str:
        """Its day where the runbook's people live."""
        return f"{day_in(self.book.calendar.zone, self.incident.declared_at)}"

    @property
    def since(self) -> str:
        return self._time(self.incident.declared_at)

    @property
    def detected(self) -> str:
        return self._time(self.incident.detected_at)

    @property
    def started(self) -> str:
        """The alert's own beginning, always with its date."""
        return dated(self.book.calendar.zone, self.incident.detected_at)

    @property
    def began(self) -> str:
        """The alert's own beginning, and when the incident was declared if that was later."""
        return self.detected if self.detected == self.since else f"{self.detected}, declared {self.since}"

    def _time(self, at: datetime) -> str:
        """With its day where that matters: what is written today may tell of last week, or be read next year."""
        zone, is_kept = self.book.calendar.zone, isinstance(self.demand.effect, OutsideEffect)
        return dated(zone, at) if is_kept else clock(zone, at, self.now)

    @property
    def elapsed(self) -> str:
        """Up to its end: a message that comes later makes no incident longer."""
        return f"T+{_minutes((self.incident.resolved_at or self.now) - self.incident.declared_at)}"

    @property
    def reason(self) -> str:
        return self.demand.reason

    @property
    def labels(self) -> list[str]:
        """`name=value`, as many as a phone has room for."""
        return [f"{name}={value}" for name, value in page_labels(self.incident).items()]

    @property
    def channel(self) -> str | None:
        return known_channel(self.book, self.incident)

    @property
    def commander(self) -> str:
        holder = self.incident.roles.get("commander")
        return self.book.person_name(holder) if holder else "nobody yet"

    @property
    def in_the_know(self) -> str:
        """Whom to ask of a private incident: a role that somebody has, or that is somebody's post."""
        lead = next(filter(self._is_somebody, ("security-lead", "commander")), None)
        return f"the {self.book.role_name(lead)}" if lead else "whoever is on call"

    def _is_somebody(self, name: str) -> bool:
        role = self.book.roles.get(name)
        if role is None:
            return False
        is_post = role.falls_to is not None and self.book.person_name(role.falls_to) == role.name
        return is_post or name in self.incident.roles

    @property
    def roles(self) -> dict[str, str]:
        held = self.incident.roles.items()
        return {self.book.role_name(role): self.book.person_name(person) for role, person in held}

    @property
    def tried(self) -> list[str]:
        people = dict.fromkeys((ring.person, ring.rang) for ring in self.incident.rings.values())
        names = [(self.book.person_name(person), self.book.person_name(rang)) for person, rang in people]
        return [f"{person} ({rang})" if rang else person for person, rang in names]

    @property
    def on_call(self) -> list[str]:
        """`On-call Engineer: Ann (on call until Mon 09:00)`, of each post of which that is known."""
        return list(named_posts(self.book, self.incident, self.now))

    @property
    def acknowledged_by(self) -> str:
        """One that has lapsed is no answer any more, and the ladder rings again."""
        by, heard_of = as_people_read(self.book, self.incident.acknowledged_by), self.incident.alive_at
        if not by or heard_of is None or is_acknowledged(self.book, self.incident, self.now):
            return by
        return f"{by}, not heard of since {self._time(heard_of)}"

    @property
    def resolved_by(self) -> str:
        return as_people_read(self.book, self.incident.resolved_by)

    @property
    def resolution(self) -> str:
        return self.incident.resolution

    @property
    def ended(self) -> str:
        """Who ended it, how, and why."""
        how = "cancelled" if self.incident.cancelled else "resolved"
        why = f": {self.incident.resolution}" if self.incident.resolution else ""
        return f"{how} by {self.resolved_by or 'nobody'}{why}" if self.incident.resolved else ""

    @property
    def flags(self) -> list[str]:
        return sorted(self.incident.flags)

    @property
    def links(self) -> list[Labelled]:
        """A message in the chat leads to the channel by itself, or stands in it."""
        is_in_chat = isinstance(self.demand.effect, Post | Card)
        every = room_links(self.book, self.incident) if is_in_chat else page_links(self.book, self.incident)
        return [{"label": label, "url": url} for label, url in every]

    @property
    def told(self) -> list[str]:
        news = of_duty(self.incident, self.demand)
        if news is not None:
            return [news.in_words()]
        return [item.text for item in next_batch(self.incident, self.demand.duty, up_to=self.demand.occurrence)]

    @property
    def by(self) -> str:
        batch = next_batch(self.incident, self.demand.duty, up_to=self.demand.occurrence)
        return batch[0].by if batch else ""

    @property
    def last_update(self) -> str | None:
        return next((entry.text for entry in reversed(self.incident.timeline) if entry.kind == "update"), None)

    @property
    def duty(self) -> str:
        return self.demand.duty

    @property
    def no_pager(self) -> bool:
        return self.incident.no_pager

    @property
    def home(self) -> str:
        return self.book.home

    @property
    def issue(self) -> str:
        """What may be said in public: what somebody wrote for the public, or how the runbook calls the service. The
        title, an alert's words and labels name hosts and internals: they stay inside."""
        return self.incident.public.issue or f"a {self._problem}"

    @property
    def issue_title(self) -> str:
        """The same at the beginning of a sentence. Somebody's own words begin as they wrote them: `iOS logins`."""
        return self.incident.public.issue or f"A {self._problem}"

    @property
    def _problem(self) -> str:
        return f"problem with {self._listed_service or 'some of our services'}"

    @property
    def _listed_service(self) -> str | None:
        """As the runbook calls it; whoever declared the incident, or an alert's label, may have said anything."""
        listed = self.incident.service in self.book.intake.services.values()
        return self.incident.service if listed and self.incident.service else None

    @property
    def contacts(self) -> list[Reachable]:
        return [
            {"name": known.name, "reach": gaps.without(known.reach)} for known in contacts_for(self.book, self.incident)
        ]

    @property
    def service(self) -> str | None:
        return self._listed_service if is_unread(self.demand) else self.incident.service or None

    @property
    def war_room(self) -> str | None:
        return self.book.war_room.url if self.book.war_room else None

    @property
    def impact(self) -> str | None:
        return noticed(self.incident)

    @property
    def record(self) -> str:
        """All that is known, in Markdown, between two marks: for documents."""
        return documents.record(self.book, self.incident, self.now)

    @property
    def timeline(self) -> str:
        """As a table in Markdown: for documents."""
        return documents.timeline(self.incident)

    @property
    def happened(self) -> list[str]:
        return review_context.happened(self.incident)

    @property
    def cause(self) -> str | None:
        return self.incident.resolution or None

    @property
    def mitigation_started(self) -> str | None:
        at = self.incident.mitigation_started_at
        return self._time(at) if at else None

    @property
    def mitigated(self) -> str | None:
        return self._time(self.incident.mitigated_at) if self.incident.mitigated_at else None

    @property
    def resolved(self) -> str | None:
        return self._time(self.incident.resolved_at) if self.incident.resolved_at else None

    @property
    def duration(self) -> str | None:
        at = self.incident.resolved_at
        return _minutes(at - self.incident.declared_at) if at else None

    @property
    def next_update(self) -> str | None:
        at = next_update_at(self.book, self.incident, self.now)
        return self._time(at) if at else None


def _minutes(span: timedelta) -> str:
    return write(timedelta(minutes=span // timedelta(minutes=1)))
