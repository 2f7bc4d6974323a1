"""What the board shows, and what is done there: real HTTP, a real Temporal, and no script."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from temporalio.client import Client

from starter.desk.answers import Declaration
from starter.desk.temporal_desk import TemporalDesk
from starter.temporal.incidents import Incidents
from tests.starter.api.conftest import READER
from tests.starter.board.conftest import ORIGIN, PageSeen, logged_in, pressed, seen
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.workflows.incidents import Vendors, chatting, opening
from workflows.durable.memos import CARD_MEMO
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import AlertsReceived, FlagChanged
from workflows.policy.incident.state import Incident
from workflows.policy.watches.heartbeat import Heartbeat, Signalled, Spec, card, workflow_id


async def declare(http: httpx.AsyncClient, title: str = "Checkout fails", **said: str) -> str:
    """Returns the path of its page."""
    before = await pressed(http, await seen(http, "/declare"), "/declare", title=title, severity="sev1", **said)
    assert before.status_code == 200, before.text
    fields = {"title": title, "severity": "sev1", "confirmed": "true", **said}
    answer = await pressed(http, PageSeen(before.text), "/declare", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


class TestTheFirstPage:
    async def test_an_empty_board_says_how_the_first_incident_is_opened(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        page = await seen(alice, "/")
        assert "Nothing is open" in page.words
        assert "tocsin declare" in page.text
        assert page.attributes.count(("href", "/declare")) == 1

    async def test_a_row_says_what_comes_next_and_why(self, alice: httpx.AsyncClient, working: Client) -> None:
        await declare(alice, service="checkout")

        async def look() -> str:
            return (await seen(alice, "/")).words

        words = await eventually(look, lambda words: "page On-call Engineer: nobody has answered" in words)
        for said in ("1 open", "SEV-1", "Checkout fails", "checkout", "nobody has acknowledged it", "tier 1 called"):
            assert said in words
        assert "no commander" in words
        assert "nothing public" in words

    async def test_who_is_silent_now_stands_first_among_heartbeats_with_since_when(
        self, alice: httpx.AsyncClient, installation: Client
    ) -> None:
        since = datetime(2020, 1, 2, 2, 13, tzinfo=UTC)
        for name, told in (("backup", {}), ("export", {"missing": Signalled(since=since, at=since)})):
            expected = Spec(every=timedelta(hours=1), opening=opening())
            state = Heartbeat(name=name, spec=expected, expected_since=since, told=told)
            memo = {CARD_MEMO: card(state, "missing" if told else None)}
            await installation.start_workflow("heartbeat", state, id=workflow_id(name), task_queue="none", memo=memo)

        async def listed() -> str:
            return (await seen(alice, "/")).words.partition("Silences and heartbeats")[2]

        words = await eventually(listed, lambda words: "backup" in words and "export" in words)
        assert words.index("export") < words.index("backup")
        assert "export silent since 2020-01-02 02:13" in words
        assert "silent since" not in words.partition("backup")[2]

    async def test_rows_are_filtered_by_what_stands_in_the_address(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        await declare(alice, "One", service="checkout")
        await declare(alice, "Two", service="search")
        await eventually(lambda: _rows(alice, "/"), lambda rows: rows == 2)
        assert await _rows(alice, "/?service=search") == 1
        assert await _rows(alice, "/?severity=sev4") == 0
        assert await _rows(alice, "/?mine=1") == 0
        assert await _rows(alice, "/?severity=%3Cscript%3E&service=") == 2

    async def test_what_somebody_has_acknowledged_is_theirs(self, alice: httpx.AsyncClient, working: Client) -> None:
        path = await declare(alice)
        await pressed(alice, await seen(alice, path), "/ack")
        await eventually(lambda: _rows(alice, "/?mine=1"), lambda rows: rows == 1)

    async def test_what_is_left_to_do_stands_there_while_the_incident_is_open(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        added = await pressed(alice, await seen(alice, path), "/add", text="Alert on the pool", due_on="2026-12-24")
        assert added.status_code == 200

        async def owed() -> PageSeen:
            return PageSeen((await seen(alice, "/")).html.partition('id="due"')[2].partition("</section>")[0])

        listed = await eventually(owed, lambda part: "Alert on the pool" in part.words)
        assert "alice" in listed.words
        assert ("href", f"{path}#follow-ups") in listed.attributes
        await pressed(alice, await seen(alice, path), "/done")
        await eventually(owed, lambda part: "Alert on the pool" not in part.words)


async def _rows(http: httpx.AsyncClient, path: str) -> int:
    return sum(1 for name, value in (await seen(http, path)).attributes if name == "class" and value.startswith("row "))


async def opens(send: Send, attempt: int) -> Receipt:
    return Receipt(reference="C1", name="#incident-1", link=f"{SLACK}/app_redirect?channel=C1")


SLACK = "https://slack.example"


class TestTheWayToItsChannel:
    async def test_who_comes_before_there_is_one_waits_at_the_page_of_the_incident(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        answer = await alice.get(f"{path}/channel")
        assert (answer.status_code, answer.headers["Location"]) == (303, path)

    async def test_then_both_lead_there(self, alice: httpx.AsyncClient, client: Client, working: Client) -> None:
        async with chatting(client, Vendors(answers={"open_channel": opens})):
            said = Declaration(title="Checkout fails", severity="sev1", flags=("private",))  # has a channel of its own
            path = f"/incidents/{(await TemporalDesk(Incidents(client)).declare(said, 'somebody')).incident}"

            async def way() -> str:
                return (await alice.get(f"{path}/channel")).headers["Location"]

            link = await eventually(way, lambda seen: seen != path)
        assert link == f"{SLACK}/app_redirect?channel=C1"
        page = await seen(alice, path)
        assert ("href", link) in page.attributes
        assert "#incident-1" in page.words

    async def test_what_is_not_there_says_so_on_its_page(self, alice: httpx.AsyncClient, working: Client) -> None:
        answer = await alice.get("/incidents/20200101-0000-xxxxxx/channel")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/incidents/20200101-0000-xxxxxx")


class TestAnIncident:
    async def test_before_it_is_declared_it_is_said_whom_it_pages(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        asked = await pressed(alice, await seen(alice, "/declare"), "/declare", title="Checkout fails", severity="sev1")
        words = PageSeen(asked.text).words
        assert "pages On-call Engineer" in words
        assert "pages The Boss" in words
        assert [row async for row in working.list_workflows("WorkflowType = 'incident'")] == []

    async def test_it_is_acknowledged_updated_and_resolved(self, alice: httpx.AsyncClient, working: Client) -> None:
        path = await declare(alice)
        acknowledged = await pressed(alice, await seen(alice, path), "/ack")
        assert "alice acknowledged through board" in PageSeen(acknowledged.text).words
        updated = await pressed(alice, await seen(alice, path), "/update", text="we are rolling back", public="true")
        assert updated.status_code == 200
        noted = await pressed(alice, await seen(alice, path), "/note", text="it began with the deploy")
        assert "it began with the deploy" in PageSeen(noted.text).words
        resolved = await pressed(alice, await seen(alice, path), "/resolve", text="rolled back")
        assert resolved.status_code == 200, resolved.text
        incident = await state(working)
        assert (incident.declared_by, incident.acknowledged_by, incident.resolved_by) == ("alice", "alice", "alice")

    async def test_the_same_form_again_does_nothing_twice(self, alice: httpx.AsyncClient, working: Client) -> None:
        page = await seen(alice, await declare(alice))
        for _ in range(2):
            assert (await pressed(alice, page, "/note", text="once")).status_code == 200
        assert [entry.count for entry in (await state(working)).timeline if "once" in entry.text] == [1]

    async def test_it_is_drawn_with_what_is_to_come_in_outline(self, alice: httpx.AsyncClient, working: Client) -> None:
        path = await declare(alice)
        answer = await alice.get(path)
        assert 'class="to-come people"' in answer.text
        assert "page The Boss: due" in PageSeen(answer.text).text

    async def test_each_alert_shows_its_own_labels_its_link_and_how_often_it_was_heard_of(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        (row,) = await Incidents(working).list()
        begun = datetime.now(UTC)
        for pod, count in (("a-7", 1), ("b-3", 3)):
            alert = Alert(
                fingerprint=pod,
                name="HighErrorRate",
                starts_at=begun,
                count=count,
                labels={"pod": pod},
                link=f"https://graphs.example.com/{pod}",
            )
            await Incidents(working).signal(row.workflow_id, AlertsReceived(alerts=(alert,)))
        page = await eventually(lambda: seen(alice, path), lambda page: "pod=b-3" in page.words)
        for said in ("pod=a-7", f"once, {begun:%H:%M}", "3 times", f"first {begun:%H:%M}"):
            assert said in page.words
        for pod in ("a-7", "b-3"):
            assert ("href", f"https://graphs.example.com/{pod}") in page.attributes

    async def test_of_more_alerts_than_details_are_kept_of_each_is_there_and_the_page_says_so(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        (row,) = await Incidents(working).list()
        alerts = tuple(
            Alert(fingerprint=str(n), name=f"DiskFull{n}", starts_at=datetime.now(UTC), labels={"disk": f"d-{n}"})
            for n in range(IncidentBounds.alert_details + 4)
        )
        assert "there was no more room" not in (await seen(alice, path)).words
        await Incidents(working).signal(row.workflow_id, AlertsReceived(alerts=alerts))
        page = await eventually(lambda: seen(alice, path), lambda page: "disk=d-0" in page.words)
        for said in ("DiskFull43", "disk=d-39", "they are kept of 40 here"):
            assert said in page.words
        await pressed(alice, page, "/cancel", reason="a test")
        page = await eventually(lambda: seen(alice, path), lambda page: "cancelled" in page.words)
        assert "disk=d-39" in page.words

    async def test_what_the_incident_refuses_is_said_on_its_page(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        page = await seen(alice, await declare(alice))
        answer = await pressed(alice, page, "/assign", role="commander", person="nobody-known")
        assert answer.status_code == 409
        assert "the runbook lists nobody called" in PageSeen(answer.text).words

    async def test_a_wrong_field_is_named(self, alice: httpx.AsyncClient, working: Client) -> None:
        answer = await pressed(alice, await seen(alice, await declare(alice)), "/snooze", duration="sometime")
        assert answer.status_code == 422
        assert "duration" in PageSeen(answer.text).words

    async def test_one_that_is_over_can_still_be_read_and_nothing_be_done_to_it(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        await pressed(alice, await seen(alice, path), "/cancel", reason="a test")
        page = await eventually(lambda: seen(alice, path), lambda page: "cancelled" in page.words)
        assert [form.action for form in page.forms] == ["/logout"]
        listed = await eventually(lambda: seen(alice, "/incidents"), lambda page: "Checkout fails" in page.words)
        assert ("href", path) in listed.attributes


async def state(client: Client) -> Incident:
    (found,) = await Incidents(client).list(include_closed=True)
    return (await Incidents(client).status(found.workflow_id)).incident


@pytest.mark.parametrize(
    "path", ["/reviews", "/follow-ups", "/on-call", "/runbooks", "/runbooks/acme", "/report", "/incidents", "/declare"]
)
async def test_every_other_page_is_there(path: str, alice: httpx.AsyncClient, working: Client) -> None:
    assert "h1" in (await seen(alice, path)).tags


async def test_a_runbook_is_drawn_as_its_controls_say(alice: httpx.AsyncClient, working: Client) -> None:
    page = await seen(alice, "/runbooks/acme?ack=7m&at=2026-11-21T02:00:00Z&resolve=sometime")
    assert "resolve: a duration is written like" in page.words
    (picture, _) = [value for name, value in page.attributes if name == "src" and value.startswith("/runbooks/")]
    answer = await alice.get(picture)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "acknowledged after 7m" in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_what_is_not_there_is_said_with_what_could_be_meant(alice: httpx.AsyncClient, working: Client) -> None:
    answer = await alice.get("/incidents/nothing-such")
    assert answer.status_code == 404
    assert (await alice.get("/runbooks/none")).status_code == 404


async def test_without_temporal_a_page_says_so(tokens: GatewayUnderTest, away: Incidents) -> None:
    async with logged_in(replace(tokens, incidents=away)) as http:
        answer = await http.get("/incidents/nothing-such")
    assert answer.status_code == 503
    assert "does not answer" in PageSeen(answer.text).words or away.address in answer.text


class TestSeeBeforeYouPress:
    async def test_it_is_shown_what_a_severity_would_change_and_then_done(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        page = await seen(alice, await declare(alice))
        asked = await looked(alice, page, "/severity", severity="sev2", reason="not that bad")
        words = PageSeen(asked.text).words
        assert "Nothing has been done yet" in words
        assert "gone" in words
        assert (await state(working)).severity == "sev1"
        done = await pressed(alice, PageSeen(asked.text), "/severity")
        assert done.status_code == 200, done.text
        assert (await state(working)).severity == "sev2"

    async def test_it_is_not_done_when_the_incident_has_changed_meanwhile(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        page = await seen(alice, await declare(alice))
        asked = await looked(alice, page, "/severity", severity="sev2")
        await pressed(alice, page, "/ack")
        refused = await pressed(alice, PageSeen(asked.text), "/severity")
        assert refused.status_code == 409
        assert "it has changed meanwhile" in PageSeen(refused.text).words
        assert (await state(working)).severity == "sev1"


async def looked(http: httpx.AsyncClient, page: PageSeen, action: str, **said: str) -> httpx.Response:
    """By the button that shows what would follow."""
    form = page.form(action)
    path = form.action.replace("/act/", "/look/")
    answer = await http.post(path, data={**form.fields, **said}, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    return answer


async def test_private_incidents_are_not_there_for_whoever_is_not_named(
    alice: httpx.AsyncClient, tokens: GatewayUnderTest, working: Client
) -> None:
    path = await declare(alice, "Keys have leaked")
    incidents = Incidents(working)
    (row,) = await incidents.list()
    await incidents.ask(row.workflow_id, FlagChanged(flag="private"))
    async with logged_in(tokens, READER) as http:

        async def is_hidden() -> bool:
            return "Keys have leaked" not in (await http.get("/")).text

        await eventually(is_hidden)
        assert (await http.get(path)).status_code == 404
        assert "Keys" not in (await http.get("/incidents")).text
    assert "investigating private T+" in (await seen(alice, "/")).words
    assert "Keys have leaked" in (await seen(alice, path)).words
    assert "investigating private T+" in (await seen(alice, path)).words
    assert "private" in (await seen(alice, "/incidents")).words
