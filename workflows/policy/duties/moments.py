"""When a duty is due: from which moment it counts, and for which day it waits."""

from datetime import datetime
from typing import assert_never

from workflows.policy.incident.state import Incident
from workflows.policy.planning.conditions import flagged_at, matches_since
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import ClockStart, Moment
from workflows.policy.runbook.terms import Duty
from workflows.policy.time.calendar import in_business_hours, next_weekday


def moment_at(incident: Incident, moment: Moment) -> datetime | None:
    match moment:
        case "declared":
            return incident.declared_at
        case "acknowledged":
            return incident.first_acknowledged_at
        case "identified":
            return incident.identified_at
        case "mitigated":
            return incident.mitigated_at
    return incident.resolved_at


def begins_at(incident: Incident, duty: Duty) -> datetime | None:
    """The moment that it counts from; None: that has not come."""
    if duty.counts_from is None:
        return moment_at(incident, duty.at)
    return counted_from(incident, duty.counts_from, flagged_at(duty.when, incident))


def counted_from(incident: Incident, start: ClockStart, flagged: datetime | None) -> datetime | None:
    """`flagged`: when the flags were set that it depends on. What ends without being mitigated is mitigated then."""
    match start:
        case "declared" | "resolved":
            return moment_at(incident, start)
        case "detected":
            return incident.detected_at
        case "flagged":
            return flagged
        case "mitigated":
            return incident.mitigated_at or incident.resolved_at
    assert_never(start)


def wanted_at(duty: Duty, incident: Incident) -> datetime | None:
    """When it is due, but for the day that it may wait for. What depends on a flag is not due before that is set."""
    moment = begins_at(incident, duty)
    return None if moment is None else max(moment + duty.after, matches_since(duty.when, incident))


def on_its_day(book: Runbook, duty: Duty, at: datetime) -> datetime:
    if duty.on == "monday":
        return next_weekday(book.calendar, at, "mon")
    return in_business_hours(book.calendar, at) if duty.on == "business-hours" else at
