"""The link of a page: to look does nothing, the button acknowledges, and whatever else it is used for says why not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from starter.temporal.incidents import Incidents
from tests.starter.api.conftest import bearer, declared, installation, tokens, working
from tests.starter.board.conftest import PageSeen
from tests.starter.conftest import GatewayUnderTest, eventually
from workflows.policy.incident.events import FlagChanged, Reopened, Resolved, SeverityChanged
from workflows.policy.incident.state import Incident
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import AnswerTicket

tokens, installation, working = tokens, installation, working  # fixtures of the API's tests
KEY = "what signs the links"
SOON = timedelta(hours=1)


@pytest_asyncio.fixture
async def http(tokens: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    """A phone's browser: it has no token."""
    changed = {"answer_secrets": (SecretStr("a newer one"), SecretStr(KEY))}
    tokens.settings = tokens.settings.model_copy(update=changed)
    async with tokens.open() as client:
        yield client


@pytest_asyncio.fixture
async def incident(http: httpx.AsyncClient, working: Client) -> Incident:
    """Its first page rings."""
    http.headers.update(bearer("of-alice"))
    one = await declared(http, "Checkout <script>fails</script>")
    del http.headers["Authorization"]
    return await now(working, one["workflow_id"])


async def now(client: Client, workflow: str) -> Incident:
    return (await Incidents(client).status(workflow)).incident


def its_pager_was_told(incident: Incident) -> bool:
    """The pager itself does not know what was pressed elsewhere."""
    return [ring.state for ring in incident.rings.values()] == ["acknowledged"]


def link(incident: Incident, person: str = "on-call", lasts: timedelta = SOON, key: str = KEY) -> str:
    [ring] = list(incident.rings)[:1]
    return f"/a/{answer_tickets.written(AnswerTicket(ring, person, datetime.now(UTC) + lasts), key)}"


async def test_to_look_changes_nothing_and_says_what_the_button_will_do(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    for _ in range(3):  # the preview of a chat, of a mail, and a person
        page = PageSeen((await http.get(link(incident))).text)
    assert "On-call Engineer is on it" in page.words
    assert "SEV-1" in page.words
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_the_button_acknowledges_the_ring_in_the_name_of_whoever_was_rung(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    page = PageSeen((await http.get(link(incident))).text)
    answer = await http.post(page.form("").action)
    assert answer.status_code == 200
    assert "On-call Engineer acknowledged through link" in PageSeen(answer.text).words
    after = await now(working, incident.workflow_id)
    assert after.acknowledged_by == "On-call Engineer"
    await eventually(partial(now, working, incident.workflow_id), its_pager_was_told)
    assert "page" not in [line.kind for line in (await Incidents(working).plan_view(incident.workflow_id)).lines]


async def test_it_can_be_used_once(http: httpx.AsyncClient, incident: Incident, working: Client) -> None:
    await http.post(link(incident))
    again = await http.post(link(incident, lasts=2 * SOON))  # another link of the same ring
    assert again.status_code == 409
    assert "It has been used: On-call Engineer acknowledged" in PageSeen(again.text).words
    seen = PageSeen((await http.get(link(incident))).text)
    assert seen.forms == []
    after = await now(working, incident.workflow_id)
    assert sum("acknowledged" in line.text for line in after.timeline) == 1


async def test_what_is_too_old_is_said_and_does_nothing(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    for answer in (await http.get(link(incident, lasts=-SOON)), await http.post(link(incident, lasts=-SOON))):
        assert answer.status_code == 410
        assert "too old" in answer.text
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path[:-1],
        lambda path: path[:5] + ("A" if path[5] != "A" else "B") + path[6:],
        lambda path: path.partition(".")[0],
        lambda path: path + "x",
        lambda path: "/a/%F0%9F%94%A5.%00",
        lambda path: "/a/" + "A" * 5000,
    ],
    ids=["cut off", "a letter changed", "no signature", "a letter more", "no letters", "endless"],
)
async def test_what_is_not_ours_is_said_and_does_nothing(
    http: httpx.AsyncClient, incident: Incident, working: Client, spoil: object
) -> None:
    assert callable(spoil)
    path = spoil(link(incident))
    for answer in (await http.get(path), await http.post(path)):
        assert answer.status_code == 404
        assert "no link of this Tocsin" in answer.text
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_a_link_that_another_secret_signed_is_not_ours(http: httpx.AsyncClient, incident: Incident) -> None:
    assert (await http.post(link(incident, key="another Tocsin's"))).status_code == 404


async def test_without_a_secret_there_are_no_links(
    tokens: GatewayUnderTest, http: httpx.AsyncClient, incident: Incident
) -> None:
    tokens.settings = tokens.settings.model_copy(update={"answer_secrets": ()})
    async with tokens.open() as other:
        assert (await other.post(link(incident, key=""))).status_code == 404


async def test_of_a_resolved_incident_it_says_who_resolved_it(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    await Incidents(working).ask(incident.workflow_id, Resolved(by="Bob", text="over"))
    answer = await http.post(link(incident))
    assert answer.status_code == 409
    assert "already resolved, by Bob" in answer.text


async def test_of_an_incident_that_was_reopened_since_it_says_so(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    await Incidents(working).ask(incident.workflow_id, Resolved(by="Bob"))
    await Incidents(working).ask(incident.workflow_id, Reopened(by="Bob"))
    answer = await http.post(link(incident))
    assert answer.status_code == 409
    assert "was reopened after this page" in answer.text
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_of_an_incident_that_became_graver_since_it_says_so(
    http: httpx.AsyncClient, tokens: GatewayUnderTest, working: Client
) -> None:
    """Who was told of a warning has not answered an outage."""
    http.headers.update(bearer("of-alice"))
    one = await declared(http, severity="sev2")
    before = await now(working, one["workflow_id"])
    await http.post(f"/api/v1/incidents/{one['incident']}/ack")
    await Incidents(working).ask(one["workflow_id"], SeverityChanged(severity="sev1", by="Bob"))
    answer = await http.post(link(before))
    assert answer.status_code == 409
    assert "is graver now than when this page came" in answer.text


async def test_of_an_incident_that_is_gone_it_says_that_it_is_closed(http: httpx.AsyncClient, working: Client) -> None:
    ring = "incident-alertmanager-gone-1/20261121-0003-k7/escalate/1/on-call/1"
    token = answer_tickets.written(AnswerTicket(ring, "on-call", datetime.now(UTC) + SOON), KEY)
    for answer in (await http.get(f"/a/{token}"), await http.post(f"/a/{token}")):
        assert answer.status_code == 409
        assert "20261121-0003-k7 is closed already" in answer.text


async def test_of_the_next_incident_under_the_same_workflow_it_changes_nothing(
    http: httpx.AsyncClient, incident: Incident, working: Client
) -> None:
    ring = f"{incident.workflow_id}/20261121-0003-k7/escalate/1/on-call/1"
    token = answer_tickets.written(AnswerTicket(ring, "on-call", datetime.now(UTC) + SOON), KEY)
    assert (await http.post(f"/a/{token}")).status_code == 409
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_the_page_runs_no_script_loads_nothing_and_sends_its_address_to_nobody(
    http: httpx.AsyncClient, incident: Incident
) -> None:
    answer = await http.get(link(incident))
    page = PageSeen(answer.text)
    assert "script" not in page.tags
    assert "Checkout <script>fails</script>" in page.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_private_incident_is_not_named(http: httpx.AsyncClient, incident: Incident, working: Client) -> None:
    await Incidents(working).ask(incident.workflow_id, FlagChanged(flag="private", by="Bob"))
    page = PageSeen((await http.get(link(incident))).text)
    assert "A private incident" in page.words
    assert "Checkout" not in page.words


async def test_without_a_worker_the_answer_is_kept(
    tokens: GatewayUnderTest, http: httpx.AsyncClient, installation: Client
) -> None:
    http.headers.update(bearer("of-alice"))
    answer = await http.post("/api/v1/incidents", json={"title": "Nobody works", "severity": "sev1"})
    assert answer.status_code == 202
    [row] = await eventually(lambda: Incidents(installation).list())
    ring = f"{row.workflow_id}/20261121-0003-k7/escalate/1/on-call/1"
    token = answer_tickets.written(AnswerTicket(ring, "on-call", datetime.now(UTC) + SOON), KEY)
    looked = PageSeen((await http.get(f"/a/{token}")).text)
    assert "Whoever was paged is on it" in looked.words
    assert "no worker goes on with this incident: the answer is kept, and counts once one does" in looked.words
    kept = await http.post(f"/a/{token}")
    assert kept.status_code == 202
    assert "recorded" in kept.text
    assert "Kept, but not acknowledged yet" in PageSeen(kept.text).words
    assert "on-call" not in looked.words + PageSeen(kept.text).words  # it is the name of a post in the runbook's text
