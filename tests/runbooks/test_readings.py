"""What holds for all five where their texts leave room: what their documents call "our readings"."""

from datetime import timedelta

import pytest

from tests.runbooks.courses import NAMES, asked_for_roles, book, card, foreseen, live, of, sent
from workflows.policy.effects.effects import Post
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.people import Condition

ALL = [(name, severity) for name in NAMES for severity in book(name).severities]
STAFFED = [(name, severity) for name, severity in ALL if book(name).severities[severity].roles]
every = pytest.mark.parametrize(("name", "severity"), ALL)
TARGETS = [
    (name, severity, within)
    for name, severity in ALL
    if isinstance(within := book(name).severities[severity].acknowledge.within, timedelta)
]
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", NAMES)
def test_the_zone_is_utc_and_business_hours_are_monday_to_friday_from_9_to_17(name: str) -> None:
    calendar = book(name).calendar
    assert calendar.zone == "UTC"
    assert calendar.business_hours.days == ("mon", "tue", "wed", "thu", "fri")
    assert (calendar.business_hours.begin.hour, calendar.business_hours.end.hour) == (9, 17)


@every
def test_pages_of_a_major_incident_are_never_held_and_its_acknowledgement_expires(
    name: str, severity: SeverityName
) -> None:
    rules = book(name).severities[severity]
    is_major = severity in ("sev1", "sev2")
    assert rules.acknowledge.expires_after == (HOUR if is_major else None)
    assert rules.hold == "never" or not is_major


@pytest.mark.parametrize(("name", "severity", "within"), TARGETS)
def test_a_missed_acknowledgement_target_pages_the_tier_again_and_tells_the_channel(
    name: str, severity: SeverityName, within: timedelta
) -> None:
    then = tuple(line for line in foreseen(name, severity) if line.offset_s == within.total_seconds())
    assert [line.to for line in of(then, "overdue/1/on-call")] == [("on-call",)]
    (told,) = of(then, "tell/incident")
    assert "not acknowledged within" in told.text


@pytest.mark.parametrize(("name", "severity"), STAFFED)
def test_roles_are_asked_for_at_declaration(name: str, severity: SeverityName) -> None:
    """By the declaration itself; a cosmetic issue can wait a day for its commander."""
    roles = book(name).severities[severity].roles
    if severity == "sev4":
        asked = of(foreseen(name, severity, until=24 * 60), "nag/roles")[0]
        assert (asked.offset_s, asked.to[: len(roles)]) == (24 * 60 * 60, roles)
        return
    minute, words, _ = asked_for_roles(name, severity)
    assert minute == 0
    assert all(f"{book(name).role_name(role)}: nobody yet" in words for role in roles)


@every
def test_contacts_and_links_are_pinned_at_declaration(name: str, severity: SeverityName) -> None:
    incident = live(name, severity)
    ((minute, demand),) = sent(incident, "declaration")
    assert isinstance(demand.effect, Post)
    assert (minute, demand.effect.pin) == (0, True)
    shown = card(name, severity)
    always = [each.name for each in book(name).contacts if each.when == Condition()]
    assert all(f"☎ {contact}: " in shown for contact in always)
