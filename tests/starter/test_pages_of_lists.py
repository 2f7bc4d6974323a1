"""Lists at any size: a page in the order of urgency, a total, and no question to any workflow."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client

from starter.temporal import lookup
from starter.temporal.directory import BY_URGENCY, OPEN_INCIDENTS
from starter.temporal.incidents import Incidents
from starter.temporal.pages import READ_WHOLE, Listing
from starter.temporal.results import LookupFailed
from starter.temporal.reviews import Reviews
from starter.temporal.rows import incident_row as incident_row_of
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.starter.rows import calls_of, incident_row, review_row
from workflows.policy.effects.card import ComingDuty
from workflows.policy.time.durations import DAY
from workflows.policy.views.coming_duties import COMING_MEMO, ComingDuties
from workflows.policy.views.standing import STANDING_MEMO, WATCHED, IncidentStanding, urgency

NOW = datetime.now(UTC)
MANY = READ_WHOLE + 25
ASKS = {"query_workflow", "describe_workflow_execution", "get_workflow_execution_history"}


async def many(client: Client, count: int = MANY, first: int = 0) -> None:
    """Acknowledged SEV-3s."""
    await asyncio.gather(
        *(
            incident_row(client, f"20261121-1200-n{n:05}", urgency("sev3", acknowledged=True), "sev3")
            for n in range(first, first + count)
        )
    )


async def mixed(client: Client) -> list[str]:
    """From the least urgent to the most urgent; in a list they stand the other way round."""
    told = [
        ("20261121-0100-over22", WATCHED, "sev1"),
        ("20261121-0200-sev3bb", urgency("sev3"), "sev3"),
        ("20261121-0300-acked1", urgency("sev1", acknowledged=True), "sev1"),
        ("20261121-0400-first1", urgency("sev1"), "sev1"),
        ("20261121-0500-first2", urgency("sev1"), "sev1"),
    ]
    for incident, how, severity in told:
        await incident_row(client, incident, how, severity)
    return [incident for incident, _, _ in reversed(told)]


class TestIncidents:
    @pytest.mark.parametrize("others", [0, MANY], ids=["few", "many"])
    async def test_the_most_urgent_come_first_however_many_there_are(
        self, client: Client, incidents: Incidents, others: int
    ) -> None:
        *urgent, over = await mixed(client)
        await many(client, others)
        seen = await eventually(lambda: incidents.page(size=4), lambda page: page.total == others + 5)
        assert [row.incident for row in seen.rows] == urgent
        last = await incidents.page(number=others + 5, size=1)
        assert [row.incident for row in last.rows] == [over]

    async def test_pages_together_are_the_list_and_none_is_on_two(self, client: Client, incidents: Incidents) -> None:
        await mixed(client)
        await many(client)
        await eventually(incidents.page, lambda page: page.total == MANY + 5)
        pages = [await incidents.page(number, size=50) for number in (1, 2, 3, 4)]
        assert [len(page.rows) for page in pages] == [50, 50, MANY + 5 - 100, 0]
        listed = [row.incident for page in pages for row in page.rows]
        assert listed == [row.incident for row in await incidents.list()]
        assert len(set(listed)) == MANY + 5

    async def test_what_has_no_urgency_yet_is_listed_all_the_same(self, client: Client, incidents: Incidents) -> None:
        await many(client)
        await incident_row(client, "20261121-0900-none22", None)
        await eventually(incidents.page, lambda page: page.total == MANY + 1)
        assert [row.incident for row in (await incidents.page(number=MANY + 1, size=1)).rows] == [
            "20261121-0900-none22"
        ]

    async def test_one_that_moves_to_another_class_while_they_are_read_stands_once(
        self, client: Client, incidents: Incidents
    ) -> None:
        await incident_row(client, "20261121-0900-k7mw3t", urgency("sev1"))
        await eventually(incidents.page, lambda page: page.total == 1)
        twice = Listing(client, (BY_URGENCY[0], OPEN_INCIDENTS), read=incident_row_of)
        assert [row.incident for row in await twice.rows(0, 20)] == ["20261121-0900-k7mw3t"]

    async def test_what_has_begun_since_a_moment_is_read_without_what_is_older(
        self, client: Client, incidents: Incidents
    ) -> None:
        await many(client, 3)
        await _until_listed(incidents, 3)
        now = datetime.now(UTC)
        assert len((await incidents.begun(now)).rows) == 3  # another machine's clock may say otherwise, by so little
        assert (await incidents.begun(now + timedelta(days=1))).rows == ()

    async def test_closed_ones_come_after_all_that_are_open(self, client: Client, incidents: Incidents) -> None:
        await many(client)
        closed = await incident_row(client, "20261121-0900-closed")
        await closed.terminate()

        async def whole() -> int:
            return (await incidents.page(include_closed=True)).total - (await incidents.page()).total

        await eventually(whole, lambda difference: difference == 1)
        page = await incidents.page(number=MANY + 1, size=1, include_closed=True)
        assert [(row.incident, row.open) for row in page.rows] == [("20261121-0900-closed", False)]
        assert page.total == MANY + 1

    async def test_a_row_says_what_people_need_and_asks_no_incident(self, client: Client, incidents: Incidents) -> None:
        known = IncidentStanding(acknowledged_by="Ada", alive_at=NOW, updated_at=NOW, public="monitoring")
        await incident_row(client, "20261121-0900-k7mw3t", standing=known)
        await eventually(incidents.page, lambda page: page.total == 1)
        with calls_of(client) as calls:
            [row] = (await incidents.page()).rows
        assert (row.acknowledged_by, row.alive_at, row.updated_at, row.public) == ("Ada", NOW, NOW, "monitoring")
        assert not ASKS & set(calls)

    async def test_a_row_knows_what_comes_next_some_steps_ahead(self, client: Client, incidents: Incidents) -> None:
        now, ids = datetime.now(UTC), ("20261121-0900-soonaa", "20261121-0900-pastaa", "20261121-0900-lateaa")
        rang, reminds = ComingDuty(what="page Ada: why", at=now + DAY), ComingDuty(what="remind: why", at=now - DAY)
        duties = ((rang,), (reminds, rang), (reminds,))
        for incident, coming in zip(ids, duties, strict=True):
            await incident_row(client, incident, more={COMING_MEMO: ComingDuties(duties=coming)})
        await incident_row(client, "20261121-0900-oddaaa", more={COMING_MEMO: ["?"]})
        page = await eventually(incidents.page, lambda page: page.total == 4)
        rows = {row.incident: (row.next_duty, row.next_duty_at) for row in page.rows}
        assert rows == {
            ids[0]: (rang.what, rang.at),
            ids[1]: (rang.what, rang.at),
            ids[2]: (reminds.what, reminds.at),
            "20261121-0900-oddaaa": ("", None),
        }

    async def test_one_row_that_cannot_be_read_hides_no_other(self, client: Client, incidents: Incidents) -> None:
        await client.start_workflow("incident", id="incident-odd", task_queue="nobody", memo={STANDING_MEMO: ["?"]})
        await incident_row(client, "20261121-0900-k7mw3t")
        page = await eventually(incidents.page, lambda page: page.total == 2)
        assert {row.incident for row in page.rows} == {"incident-odd", "20261121-0900-k7mw3t"}

    async def test_a_page_costs_as_many_calls_among_many_as_among_few_more(
        self, client: Client, incidents: Incidents
    ) -> None:
        costs = []
        for number in (1, 2):
            await many(client, first=number * MANY)
            await _until_listed(incidents, number * MANY)
            with calls_of(client) as calls:
                await incidents.page()
            costs.append(calls.total())
            assert not ASKS & set(calls)
        assert costs[1] <= costs[0] <= 12


class TestReviews:
    @pytest.mark.parametrize("others", [0, MANY], ids=["few", "many"])
    async def test_what_is_due_first_is_at_the_top(self, client: Client, incidents: Incidents, others: int) -> None:
        due = [-timedelta(days=40), -timedelta(hours=1), timedelta(hours=5)]
        for number, each in reversed(list(enumerate(due))):
            await review_row(client, f"20261121-0900-rev{number}", NOW + each)
        await asyncio.gather(
            *(review_row(client, f"20261121-1200-n{n:05}", NOW + timedelta(days=2, minutes=n)) for n in range(others))
        )
        await review_row(client, "20261121-0900-none22", None)
        reviews = Reviews(incidents)
        page = await eventually(lambda: reviews.page(size=3), lambda page: page.total == others + 4)
        assert [row.incident[-4:] for row in page.rows] == ["rev0", "rev1", "rev2"]
        last = await reviews.page(number=others + 4, size=1)
        assert [row.incident for row in last.rows] == ["20261121-0900-none22"]

    async def test_pages_together_are_the_list(self, client: Client, incidents: Incidents) -> None:
        await asyncio.gather(
            *(review_row(client, f"20261121-1200-n{n:05}", NOW + timedelta(minutes=n % 60)) for n in range(MANY))
        )
        reviews = Reviews(incidents)
        await eventually(reviews.page, lambda page: page.total == MANY)
        with calls_of(client) as calls:
            pages = [await reviews.page(number, size=50) for number in (1, 2, 3)]
        listed = [row.due_at for page in pages for row in page.rows]
        assert listed == [row.due_at for row in await reviews.list()]
        assert not ASKS & set(calls)


class TestOneAmongMany:
    @pytest.mark.parametrize(
        "part",
        [
            "20261121-0900-k7mw3t",
            "20261121-09",
            "k7mw3t",
            "k7m",
            "K7MW3T",
            "0900-k7mw",
            "incident-test-20261121-0900-k7mw3t",
        ],
    )
    async def test_any_clear_part_of_an_id_finds_it_without_a_list(
        self, client: Client, incidents: Incidents, part: str
    ) -> None:
        await many(client)
        await incident_row(client, "20261121-0900-k7mw3t")
        await eventually(incidents.page, lambda page: page.total == MANY + 1)
        with calls_of(client) as calls:
            found = await incidents.find(part)
        assert found.incident == "20261121-0900-k7mw3t"
        assert calls == {"list_workflow_executions": 1}

    async def test_what_several_could_be_names_ten_of_them(self, client: Client, incidents: Incidents) -> None:
        await many(client)
        await eventually(incidents.page, lambda page: page.total == MANY)
        with calls_of(client) as calls, pytest.raises(LookupFailed) as failed:
            await incidents.find("20261121")
        assert str(failed.value).startswith("more than 10 incidents begin with '20261121', say which:\n")
        assert str(failed.value).count("\n") == 10
        assert calls == {"list_workflow_executions": 1}

    async def test_one_that_there_is_not_is_answered_with_the_most_urgent(
        self, client: Client, incidents: Incidents
    ) -> None:
        await many(client)
        await incident_row(client, "20261121-0900-k7mw3t")
        await eventually(incidents.page, lambda page: page.total == MANY + 1)
        with pytest.raises(LookupFailed) as failed:
            await incidents.find("1999")
        lines = str(failed.value).splitlines()
        assert lines[0] == "there is no incident '1999'; open are:"
        assert lines[1] == "  20261121-0900-k7mw3t  SEV-1 Title of 20261121-0900-k7mw3t"
        assert lines[-1] == "  and others"
        assert len(lines) == 12

    async def test_letters_do_not_find_what_else_was_given_with_them_is_not_there(
        self, client: Client, incidents: Incidents
    ) -> None:
        await incident_row(client, "20261121-0900-k7mw3t")
        await eventually(incidents.page, lambda page: page.total == 1)
        with pytest.raises(LookupFailed, match="there is no incident '0800-k7mw3t'"):
            await incidents.find("0800-k7mw3t")

    async def test_one_that_has_just_begun_is_found_before_a_list_shows_it(
        self, client: Client, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Looked for more often than people wait: how fast a list is, is no matter of the test's."""
        monkeypatch.setattr(lookup, "LOOKS_AFTER_S", (0.0, *(0.1,) * 10 * HANGS_AFTER_S))
        begins = asyncio.create_task(_soon(client))
        assert (await incidents.find("k7mw3t")).incident == "20261121-0900-k7mw3t"
        await begins

    async def test_a_review_is_found_by_its_letters(self, client: Client, incidents: Incidents) -> None:
        await review_row(client, "20261121-0900-k7mw3t", NOW)
        reviews = Reviews(incidents)
        await eventually(reviews.page, lambda page: page.total == 1)
        assert (await reviews.find("k7mw")).workflow_id == "review-20261121-0900-k7mw3t"
        with pytest.raises(LookupFailed, match="there is no review of an incident 'zz'"):
            await reviews.find("zz")


async def _until_listed(incidents: Incidents, count: int) -> None:
    await eventually(incidents.page, lambda page: page.total == count)


async def _soon(client: Client) -> None:
    await asyncio.sleep(0.05)
    await incident_row(client, "20261121-0900-k7mw3t")
