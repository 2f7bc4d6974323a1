"""What stands in a link: whose ring it is and until when; nobody makes one without the key."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from workflows.policy.keys.answer_tickets import AnswerTicket, read, written

UNTIL = datetime(2026, 11, 28, 2, tzinfo=UTC)
RING = "incident-declared-checkout-k7/20261127-0204-k7/escalate/1/on-call/1"
TICKET = AnswerTicket(RING, "on-call", UNTIL)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(ring=ANYTHING, person=ANYTHING.map(lambda text: text.replace("\n", "")), key=ANYTHING)
def test_what_was_written_is_read(ring: str, person: str, key: str) -> None:
    ticket = AnswerTicket(ring, person, UNTIL)
    assert read(written(ticket, key), ("another", key)) == ticket


@given(st.text(max_size=300))
def test_nothing_else_is_read_whatever_it_is(token: str) -> None:
    assert read(token, ("key",)) is None


def test_it_fits_into_a_message_and_needs_no_escaping() -> None:
    token = written(TICKET, "key")
    assert len(token) < 200
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_it_leads_to_its_incident_without_a_list() -> None:
    assert (TICKET.workflow, TICKET.incident) == ("incident-declared-checkout-k7", "20261127-0204-k7")
    assert AnswerTicket("tocsin/test-1/on-call", "on-call", UNTIL).workflow == ""
