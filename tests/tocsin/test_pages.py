"""`tocsin list` and `tocsin review list`: a page at a time, and how much more there is."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from starter.temporal.incidents import Incidents
from starter.temporal.reviews import Reviews
from tests.starter.conftest import eventually
from tests.starter.rows import incident_row, review_row
from tests.tocsin.conftest import Tocsin
from workflows.policy.views.standing import IncidentStanding, urgency

NOW = datetime.now(UTC)


async def open_incidents(client: Client, count: int) -> None:
    rows = (
        incident_row(client, f"20261121-1200-n{n:05}", urgency("sev3", acknowledged=True), "sev3") for n in range(count)
    )
    await asyncio.gather(*rows)
    await eventually(Incidents(client).page, lambda page: page.total == count)


async def test_a_list_shows_the_most_urgent_and_counts_the_rest(tocsin: Tocsin, client: Client) -> None:
    await open_incidents(client, 49)
    await incident_row(client, "20261121-0900-k7mw3t", urgency("sev1"))
    await eventually(Incidents(client).page, lambda page: page.total == 50)
    first, last, beyond, whole = [
        (await tocsin("list", *words)).out for words in ([], ["--page", "3"], ["--page", "4"], ["--all"])
    ]
    assert first.startswith("20261121-0900-k7mw3t  SEV-1  investigating")
    assert first.count("SEV-3") == 19
    assert first.endswith("20 of 50: --page 2 for more, --all for all\n")
    assert last.count("SEV-3") == 10
    assert last.endswith("10 of 50, page 3 of 3: --all for all\n")
    assert beyond == "there is no page 4: 50 stand on 3\n"
    assert whole.count("SEV-3") == 49
    assert "--all" not in whole


async def test_programs_are_told_beside_the_rows_that_there_are_more(tocsin: Tocsin, client: Client) -> None:
    await open_incidents(client, 21)
    page, whole = await tocsin("list", "--json"), await tocsin("list", "--all", "--json")
    assert (len(json.loads(page.out)), page.err) == (20, "20 of 21: --page 2 for more, --all for all\n")
    assert (len(json.loads(whole.out)), whole.err) == (21, "")


async def test_a_row_says_who_is_on_it(tocsin: Tocsin, client: Client) -> None:
    await incident_row(client, "20261121-0900-k7mw3t", standing=IncidentStanding(acknowledged_by="Ada"))
    await eventually(Incidents(client).page, lambda page: page.total == 1)
    assert "acknowledged by Ada" in (await tocsin("list")).out


async def test_only_those_that_have_follow_ups_are_asked_for_them(tocsin: Tocsin, client: Client) -> None:
    """Nobody runs these: whoever asked one would wait for its answer, and fail."""
    await open_incidents(client, 3)
    assert (await tocsin("followup", "list", "--json")).out == "[]\n"
    await incident_row(client, "20261121-0900-k7mw3t", standing=IncidentStanding(follow_ups=1))
    await eventually(Incidents(client).page, lambda page: page.total == 4)
    assert (await tocsin("followup", "list")).err == "no worker is running: nothing is being paged\n"


async def test_a_list_of_reviews_begins_with_what_is_due_first(tocsin: Tocsin, client: Client) -> None:
    for number in range(22):
        await review_row(client, f"20261121-0900-r{number:05}", NOW + timedelta(hours=number))
    await eventually(Reviews(Incidents(client)).page, lambda page: page.total == 22)
    listed = (await tocsin("review", "list")).out
    assert listed.startswith("20261121-0900-r00000")
    assert listed.endswith("20 of 22: --page 2 for more, --all for all\n")
