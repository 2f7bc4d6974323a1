"""A runbook that cannot be followed is refused, and says where."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.policy.builders import opened, runbook, severity, tier
from workflows.policy.runbook.model import Runbook

GOOD: dict[str, Any] = {
    "runbook": "acme",
    "title": "Acme",
    "home": "#incidents",
    "people": {"alice": {"name": "Alice", "manager": "bob"}, "bob": {"name": "Bob"}},
    "roles": {"commander": {"name": "Commander", "falls_to": "alice"}},
    "flags": ["customer-facing"],
    "severities": {
        "sev1": {
            "title": "Critical",
            "definition": "All is down",
            "escalation": [{"page": ["alice"]}, {"after": "30m", "page": ["bob"]}],
            "roles": ["commander"],
            "updates": {"every": "15m", "owner": "commander"},
            "status_page": {"owner": "commander", "when": {"flags": ["customer-facing"]}},
            "duties": [{"id": "fix", "kind": "checklist", "template": "checklist", "owner": "commander"}],
        }
    },
}
SEV1 = ("severities", "sev1")

MISTAKES = [
    (
        (*SEV1, "escalation", 1, "page"), ["zoe"],
        "severities.sev1.escalation: tier 2 pages 'zoe', who is not among `people`",
    ),
    (("roles", "commander", "falls_to"), "zoe", "roles.commander: falls to 'zoe', who is not among `people`"),
    (("people", "alice", "manager"), "zoe", "people.alice.manager: 'zoe' is not among `people`"),
    ((*SEV1, "roles"), ["king"], "severities.sev1.roles: 'king' is not among `roles`"),
    ((*SEV1, "updates", "owner"), "king", "severities.sev1.updates.owner: 'king' is not among `roles`"),
    ((*SEV1, "status_page", "owner"), "king", "severities.sev1.status_page.owner: 'king' is not among `roles`"),
    ((*SEV1, "duties", 0, "owner"), "king", "severities.sev1.duties.fix.owner: 'king' is not among `roles`"),
    (
        (*SEV1, "status_page", "when"), {"flags": ["costumer-facing"]},
        "severities.sev1.status_page.when: 'costumer-facing' is not among `flags`",
    ),
    (
        (*SEV1, "duties", 0, "when"), {"without": ["loud"]},
        "severities.sev1.duties.fix.when: 'loud' is not among `flags`",
    ),
    (
        (*SEV1, "escalation", 1, "when"), {"flags": ["loud"]},
        "severities.sev1.escalation.1.when: 'loud' is not among `flags`",
    ),
    (
        (*SEV1, "duties"), [GOOD["severities"]["sev1"]["duties"][0]] * 2,
        "severities.sev1.duties: there are two duties 'fix'",
    ),
    (("home",), "incidents", "String should match pattern"),
    (("people", "Alice B"), {"name": "Alice"}, "String should match pattern"),
    (("severities",), {}, "at least 1 item"),
    (("severities", "sev5"), GOOD["severities"]["sev1"], "'sev1', 'sev2', 'sev3' or 'sev4'"),
    ((*SEV1, "escalation"), [], "at least 1 item"),
    ((*SEV1, "updates", "every"), "15", "a duration is written like 15m"),
    ((*SEV1, "updates", "every"), "30s", "must be at least 1m"),
    ((*SEV1, "repeat_after"), "1m", "must be at least 5m"),
    ((*SEV1, "escalation", 1, "after"), "-PT5M", "a duration cannot be negative"),
    (("war_room",), {"label": "War room", "url": "javascript:alert(1)"}, "String should match pattern"),
]  # fmt: skip


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The good runbook with one thing in it replaced."""
    book = deepcopy(GOOD)
    place: Any = book
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return book


def test_a_good_runbook_is_read() -> None:
    book = Runbook.model_validate(GOOD)
    assert book.severities["sev1"].escalation[1].after == timedelta(minutes=30)


@pytest.mark.parametrize(("path", "value", "message"), MISTAKES, ids=[message for _, _, message in MISTAKES])
def test_a_mistake_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Runbook.model_validate(changed(path, value))
    assert message in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    book = changed(("roles", "commander", "falls_to"), "zoe")
    book["people"]["alice"]["manager"] = "yan"
    with pytest.raises(ValidationError, match=r"'zoe'.*'yan'|'yan'.*'zoe'"):
        Runbook.model_validate(book)


def test_what_a_newer_version_added_is_ignored() -> None:
    assert Runbook.model_validate({**GOOD, "horoscope": "good"}) == Runbook.model_validate(GOOD)


SEVERITIES = [
    ("sev2", ("sev1", "sev2", "sev3"), "sev2"),
    ("sev3", ("sev1", "sev2"), "sev2"),
    ("sev4", ("sev1", "sev2"), "sev2"),
    ("sev1", ("sev2", "sev3"), "sev2"),
]


@pytest.mark.parametrize(("asked", "known", "given"), SEVERITIES)
def test_an_unknown_severity_is_the_next_graver_one_or_the_gravest(asked: Any, known: Any, given: Any) -> None:
    book = runbook({name: severity(tier("alice"), title=name) for name in known})
    assert book.severity(asked).title == given


def test_an_incident_carries_its_runbook_in_few_bytes() -> None:
    assert len(opened(Runbook.model_validate(GOOD)).book.model_dump_json()) < 4_000


def test_a_name_that_nobody_knows_is_written_as_given() -> None:
    book = Runbook.model_validate(GOOD)
    assert (book.person_name("alice"), book.person_name("U123")) == ("Alice", "U123")
    assert (book.role_name("commander"), book.role_name("king")) == ("Commander", "king")
