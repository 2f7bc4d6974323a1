"""Who did something, as people read that: by name, which only the runbook gives."""

import pytest

from tests.policy.builders import PEOPLE, T0, declared, ladder, tier
from workflows.policy.incident.events import Event, Noted
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.who import as_people_read
from workflows.policy.reducers.root import apply
from workflows.policy.review.events import REVIEW_SIGNALS
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.wire.bounded import LONGEST_LINE, weight


def people(**named: str) -> Runbook:
    known = {name: Person(name=written, email=f"{name}@acme.example") for name, written in (PEOPLE | named).items()}
    return ladder(tier("alice")).model_copy(update={"people": known})


BOOK = people(ann="Ann (on-call)")
SENT = {**INCIDENT_SIGNALS, **{f"review {name}": event for name, event in REVIEW_SIGNALS.items()}}


@pytest.mark.parametrize(
    ("by", "read"),
    [
        ("alice", "Alice"),
        ("@ALICE", "Alice"),
        ("alice@acme.example", "Alice"),
        ("alice via link", "Alice via link"),
        ("alice (for bob, unproved)", "Alice (for bob, unproved)"),
        ("Alice", "Alice"),
        ("Alice (by telephone)", "Alice (by telephone)"),
        ("ann", "Ann (on-call)"),
        ("Ann (on-call)", "Ann (on-call)"),
        ("alice (Slack U012AB, not mapped)", "alice (Slack U012AB, not mapped)"),
        ("alice@elsewhere.example", "alice@elsewhere.example"),
        ("deploy-bot", "deploy-bot"),
        ("the alerts", "the alerts"),
        ("someone", "someone"),
        ("", ""),
    ],
)
def test_a_person_of_the_runbook_is_read_by_name_and_everybody_else_as_they_came(by: str, read: str) -> None:
    assert as_people_read(BOOK, by) == read
    assert as_people_read(BOOK, read) == read


@pytest.mark.parametrize(
    "sent", [{"actor": "Alice"}, {"_actor": "Alice"}, {"__pydantic_private__": {"_actor": "Alice"}}]
)
def test_nobody_can_send_the_name_of_another(sent: dict[str, object]) -> None:
    event = Noted.model_validate({"at": T0, "by": "mallory", "text": "all is well", **sent})
    assert apply(BOOK, declared(BOOK), event).timeline[-1].text == "mallory: all is well"


@pytest.mark.parametrize("event", SENT.values(), ids=SENT)
def test_the_name_is_not_on_the_wire(event: type[Event]) -> None:
    assert "actor" not in event.model_json_schema()["properties"]
    assert "Alice" not in Noted(by="alice").acted("Alice").model_dump_json()


@pytest.mark.parametrize(
    "hostile", ["<!channel> *Boss*", "[here](https://evil.example)", "\u202eecilA", "a\nb", "A" * 5000, "'; {{ id }}"]
)
def test_a_name_is_data_and_no_longer_than_a_line(hostile: str) -> None:
    book = people(eve=hostile)
    [said] = [entry.text for entry in apply(book, declared(book), Noted(at=T0, by="eve", text="hi")).timeline[1:]]
    assert said.endswith(": hi")
    assert said.startswith(hostile[:100])
    assert weight(said) <= LONGEST_LINE + len(": hi")
