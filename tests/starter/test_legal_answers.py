"""A page about a legal clock outlives its incident: whoever answers it by a link, a reply, a digit or at PagerDuty is
heard by the review."""

from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest_asyncio
from temporalio.client import Client

from starter.desk import acting
from starter.temporal.incidents import Incidents
from starter.temporal.results import LookupFailed
from starter.temporal.rings import is_legal_page, workflow_of_ring
from tests.policy.test_obliged_ways import FIRST_PAGE, MINUTE, lived
from tests.starter.api.conftest import installation, tokens, working
from tests.starter.board.conftest import PageSeen
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.test_pagerduty_route import about, post
from tests.starter.test_twilio_digits import asked_by, press
from tests.starter.test_twilio_route import KEY, http, sandbox
from workflows.policy.incident.events import Acknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.keys import answer_tickets, workflow_ids
from workflows.policy.keys.answer_tickets import AnswerTicket
from workflows.policy.review.results import ReviewInput, ReviewStatus
from workflows.policy.review.state import Review
from workflows.policy.views.results import UpdateResult
from workflows.queues import WORKFLOW_QUEUE

tokens, installation, working, http, sandbox = tokens, installation, working, http, sandbox  # fixtures of others


@pytest_asyncio.fixture
async def legal(working: Client) -> AsyncIterator[Incident]:
    """Its incident has closed, and Alice's telephone rings."""
    simulation = lived(FIRST_PAGE + 3 * MINUTE, resolved=True)
    assert simulation.review is not None
    written = simulation.review.model_dump_json().replace("simulation/preview/", "incident-declared-legal/{ID}/")
    named = written.replace('"simulation"', '"incident-declared-legal"').replace('"preview"', '"{ID}"')
    review = Review.model_validate_json(named.replace("{ID}", "20260302-0900-k7"))
    start = ReviewInput(runbook=simulation.book, review=review)
    name = workflow_ids.review_of(review.incident.id)
    handle = await working.start_workflow("review", start, id=name, task_queue=WORKFLOW_QUEUE)
    yield review.incident
    await handle.terminate()


def ring_of(incident: Incident, way: str) -> str:
    return next(key for key, ring in incident.rings.items() if ring.way == way)


def link(ring: str) -> str:
    until = datetime.now(UTC) + timedelta(hours=1)
    return f"/a/{answer_tickets.written(AnswerTicket(ring, 'alice', until), KEY)}"


async def heard(working: Client, incident: Incident) -> list[str]:
    name = workflow_ids.review_of(incident.id)
    found = await Incidents(working).query(name, None, "state", ReviewStatus, timedelta(seconds=30))
    return [line.text for line in found.review.incident.timeline if "has seen the page" in line.text]


async def test_the_link_is_heard_by_the_review_once(http: httpx.AsyncClient, legal: Incident, working: Client) -> None:
    address = link(ring_of(legal, "ntfy"))
    page = PageSeen((await http.get(address)).text)
    assert "has seen it: this page rings no more" in page.words
    assert await heard(working, legal) == []
    assert (await http.post(address)).status_code == 200
    [line] = await heard(working, legal)
    assert "has seen the page about what is owed through link" in line
    again = await http.post(address)
    assert (again.status_code, "this page rings no more" in again.text) == (409, True)


async def test_a_digit_is_heard_and_there_are_no_next_people(
    http: httpx.AsyncClient, legal: Incident, working: Client
) -> None:
    address = asked_by(ring_of(legal, "pagerduty"), legal)
    assert "about a deadline" in (await press(http, address, "2")).text
    assert await heard(working, legal) == []
    await press(http, address, "1")
    assert ["through call" in line for line in await heard(working, legal)] == [True]


async def test_a_button_in_slack_is_heard_by_the_review(legal: Incident, working: Client) -> None:
    pressed = Acknowledged(by="Alice", via="slack", ring=ring_of(legal, "ntfy"), id="slack-1")
    known = Incidents(working)
    answer = await eventually(lambda: tried(acting.ask(known, legal.id, pressed, unlisted=False)), lambda it: bool(it))
    assert answer
    assert ["through slack" in line for line in await heard(working, legal)] == [True]


async def tried(answer: Awaitable[UpdateResult]) -> UpdateResult | None:
    """None: the review is not listed yet."""
    try:
        return await answer
    except LookupFailed:
        return None


async def test_what_is_pressed_at_pagerduty_goes_to_the_review(
    tokens: GatewayUnderTest, legal: Incident, working: Client
) -> None:
    """Whoever resolves it there has seen it."""
    ring = ring_of(legal, "pagerduty")
    answer = await post(tokens, event_type="incident.resolved", data=about(ring))
    assert answer.json()["incident"] == workflow_ids.review_of(legal.id)
    [line] = await eventually(partial(heard, working, legal))
    assert "through pagerduty" in line.lower()
    await post(tokens, event_type="incident.reopened", id="01OTHER", data=about(ring))
    known = Incidents(working)
    found = await known.query(workflow_ids.review_of(legal.id), None, "state", ReviewStatus, timedelta(seconds=30))
    assert "Ada Example: at PagerDuty: reopened" in [line.text for line in found.review.incident.timeline]
    ignored = await post(tokens, event_type="incident.reassigned", data=about(ring))
    assert ignored.json()["ignored"] == "nothing open"


class ClosesJustThen(Incidents):
    """When it is asked whether the incident goes on, it does, and its review has yet to begin; then it has closed."""

    async def goes_on(self, workflow_id: str, incident: str) -> bool:
        return not workflow_ids.is_review(workflow_id)


async def test_what_is_pressed_at_pagerduty_just_as_the_incident_closes_goes_to_the_review(
    tokens: GatewayUnderTest, legal: Incident, working: Client
) -> None:
    """PagerDuty does not send again what was taken."""
    tokens.incidents = ClosesJustThen(working)
    answer = await post(tokens, data=about(ring_of(legal, "pagerduty")))
    assert answer.json()["incident"] == workflow_ids.review_of(legal.id)
    assert len(await eventually(partial(heard, working, legal))) == 1


async def test_while_both_are_there_the_review_has_the_record(legal: Incident, working: Client) -> None:
    class BothThere(Incidents):
        async def goes_on(self, workflow_id: str, incident: str) -> bool:
            return True

    assert await workflow_of_ring(BothThere(working), ring_of(legal, "ntfy")) == workflow_ids.review_of(legal.id)


async def test_what_is_reopened_after_the_close_is_noted_by_the_review_and_reopens_nothing(
    tokens: GatewayUnderTest, legal: Incident, working: Client
) -> None:
    ring = f"{legal.workflow_id}/{legal.id}/escalate/1/dave/1"
    answer = await post(tokens, event_type="incident.reopened", data=about(ring))
    assert answer.json()["incident"] == workflow_ids.review_of(legal.id)
    known = Incidents(working)
    found = await known.query(workflow_ids.review_of(legal.id), None, "state", ReviewStatus, timedelta(seconds=30))
    words = "Ada Example: at PagerDuty: reopened, too late: the incident is closed, and only PagerDuty rings"
    assert words in [line.text for line in found.review.incident.timeline]
    ignored = await post(tokens, event_type="incident.resolved", data=about(ring))
    assert ignored.json()["ignored"] == "nothing open"


def test_only_pages_about_legal_clocks_are_theirs() -> None:
    for key, is_one in {"obliged/alice/7": True, "reach/2/obliged/alice/7": True, "escalate/1/alice/1": False}.items():
        assert is_legal_page(f"incident-declared-k7/20261121-0003-k7/{key}") == is_one
