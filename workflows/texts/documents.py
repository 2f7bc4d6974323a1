"""What Tocsin knows of an incident, as the part of a document that it keeps up to date.

A document is a template's text, which people then write on, and this record, between two marks. Whoever stores it
replaces what is between the marks, and nothing else; and not even that if somebody has written there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from workflows.policy.duties.follow_ups import owner_of, ticket
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.incident.messages import TimelineEntry
from workflows.policy.incident.post_holder import held_posts
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.texts.markdown import Markdown, line, table

LONGEST_DOCUMENT = 200 * 1024
"""Bytes of a document. Temporal takes two megabytes with an activity, and an incident may write many."""
BEGIN_MARK, END_MARK = "<!-- tocsin:begin -->", "<!-- tocsin:end -->"


def record(book: Runbook, incident: Incident, now: datetime) -> Markdown:
    parts = [
        f"## Record\n\nWritten by Tocsin on {_date(now)}, and kept up to date up to the end mark. Write anywhere else.",
        table(["", ""], _facts(book, incident)),
        _section("Times", table(["Moment", "Time (UTC)", "After the declaration"], _times(incident))),
        _section("Roles", table(["Role", "Person"], _roles(book, incident))) if incident.roles else "",
        _section("Who was paged, and who answered", _entries(incident, ("page", "acknowledge"))),
        _section("What was told", _entries(incident, ("update", "publish", "email"))),
        _section("Action items", _follow_ups(book, incident)),
        _section("Alerts", _alerts(incident)),
        _section("Links", _links(book, incident)),
        _section("Timeline", timeline(incident)),
    ]
    text = "\n\n".join(part for part in parts if part)
    return Markdown(f"{BEGIN_MARK}\n{text}\n{END_MARK}")


def timeline(incident: Incident) -> Markdown:
    """All of it, as far as the incident still has it."""
    older = ""
    if incident.timeline_dropped:
        older = f"\n\n{incident.timeline_dropped} older entries are not here: the workflow's history has them.\n"
    return Markdown(_rows(incident.timeline) + older)


def fit(document: str, most: int = LONGEST_DOCUMENT) -> str:
    """So much of it as may travel; its end mark is kept, and what is missing is said."""
    if len(document.encode()) <= most:
        return document
    said = f"\n\nThe rest had no room: a document has at most {most // 1024} KiB.\n"
    tail = said + END_MARK if END_MARK in document else said
    kept = document.encode()[: most - len(tail.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + tail


def _facts(book: Runbook, incident: Incident) -> Iterator[tuple[str, str]]:
    yield "Incident", incident.id
    yield "Severity", severity_title(incident.severity)
    yield "Phase", "cancelled" if incident.cancelled else incident.phase
    if incident.service:
        yield "Service", incident.service
    if incident.resolved_at:
        yield "Duration", _span(incident.resolved_at - incident.declared_at)
    if incident.resolved_by:
        yield "Resolved by", as_people_read(book, incident.resolved_by)
    if incident.resolution:
        yield "What it was", incident.resolution
    if incident.flags:
        yield "Flags", ", ".join(sorted(incident.flags))
    if held := held_posts(book, incident.on_call, incident.declared_at):
        yield "On call", "; ".join(held)
    yield "Runbook", f"{book.runbook} {book.version}".strip()


def _times(incident: Incident) -> Iterator[tuple[str, str, str]]:
    moments = (
        ("Detected", incident.detected_at),
        ("Declared", incident.declared_at),
        ("Acknowledged", incident.first_acknowledged_at),
        ("Identified", incident.identified_at),
        ("Mitigation begun", incident.mitigation_started_at),
        ("Mitigated", incident.mitigated_at),
        ("Resolved", incident.resolved_at),
        ("Closed", incident.closed_at),
    )
    for name, at in moments:
        if at is not None:
            yield name, _date(at), _span(at - incident.declared_at) if at >= incident.declared_at else "before"


def _roles(book: Runbook, incident: Incident) -> Iterator[tuple[str, str]]:
    for role, person in incident.roles.items():
        yield book.role_name(role), book.person_name(person)


def _entries(incident: Incident, kinds: tuple[str, ...]) -> str:
    return _rows(entry for entry in incident.timeline if entry.kind in kinds)


def _rows(entries: "Iterator[TimelineEntry] | tuple[TimelineEntry, ...]") -> str:
    rows = [(_date(entry.at), entry.text + _repeated(entry)) for entry in entries]
    return table(["Time (UTC)", "Event"], rows) if rows else ""


def _repeated(entry: TimelineEntry) -> str:
    return f" ({entry.count} times, last at {_date(entry.last_at)})" if entry.last_at else ""


def _follow_ups(book: Runbook, incident: Incident) -> str:
    rows = [
        (each.text, owner_of(book, each), f"{each.due_on}", _ended(book, each), ticket(incident, each) or "")
        for each in incident.follow_ups
    ]
    return table(["Action", "Owner", "Due", "Ended", "Ticket"], rows) if rows else ""


def _ended(book: Runbook, follow_up: FollowUp) -> str:
    ending = follow_up.ending
    if ending is None:
        return ""
    said = f": {ending.text}" if ending.text else ""
    return f"{'waived' if ending.waived else 'done'} by {as_people_read(book, ending.by)}, {ending.at:%Y-%m-%d}{said}"


def _alerts(incident: Incident) -> str:
    if not incident.alerts:
        return ""
    rows = [(alert.name, alert.summary, _date(alert.starts_at), alert.status) for alert in incident.alerts.values()]
    more = f"\n\nAnd {incident.alerts_untracked} more." if incident.alerts_untracked else ""
    return table(["Alert", "Summary", "Since (UTC)", "Now"], rows) + more


def _links(book: Runbook, incident: Incident) -> str:
    known = [*incident.links, *((link.label, link.url) for link in book.links)]
    kept = (DutyKind.TICKET, DutyKind.DOCUMENT)
    known += [(name, where) for name, where in incident.references.items() if duty_of(name).kind in kept]
    return "\n".join(f"- {line(label)}: {line(where)}" for label, where in known)


def _section(title: str, text: str) -> str:
    return f"### {title}\n\n{text}" if text else ""


def _date(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _span(span: timedelta) -> str:
    return write(timedelta(seconds=round(span.total_seconds())))
