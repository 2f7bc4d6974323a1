"""However many incidents follow a runbook, it is in memory once; each still has what it was started with."""

import pytest
from pydantic import ValidationError

from tests.policy.builders import ladder, tier
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook

BOOK = ladder(tier("alice"))


def read(book: Runbook) -> OpenRequest:
    """As from a history."""
    written = OpenRequest(runbook=book, severity="sev1", title="Checkout fails").model_dump_json()
    return OpenRequest.model_validate_json(written)


def test_two_incidents_that_follow_the_same_hold_one() -> None:
    first, second = read(BOOK), read(BOOK)
    assert first.runbook is second.runbook
    assert first.runbook == BOOK


def test_an_incident_keeps_the_one_that_it_was_started_with() -> None:
    before, after = read(BOOK), read(BOOK.model_copy(update={"title": "another"}))
    assert (before.runbook.title, after.runbook.title) == (BOOK.title, "another")


def test_what_is_wrong_with_one_is_said_where_it_stands() -> None:
    with pytest.raises(ValidationError) as failure:
        OpenRequest.model_validate_json('{"runbook": {"runbook": "x"}, "severity": "sev1", "title": "x"}')
    assert ("runbook", "severities") in {error["loc"] for error in failure.value.errors()}
