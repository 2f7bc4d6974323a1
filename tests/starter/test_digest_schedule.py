"""When the digest comes: a real Schedule, asked for its next times."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import (
    Client,
    ScheduleActionResult,
    ScheduleActionStartWorkflow,
    ScheduleDescription,
    ScheduleOverlapPolicy,
)
from temporalio.service import RPCError

from starter.temporal.digest_schedule import DIGEST_SCHEDULE_ID, drop, keep
from tests.starter.conftest import eventually
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Audience
from workflows.policy.time.calendar import WEEKDAYS, Calendar, Hours
from workflows.policy.watches.digest import DigestOrder

NINE = time(9)
BERLIN = ZoneInfo("Europe/Berlin")


def working(book: Runbook, **calendar: object) -> Runbook:
    return book.model_copy(update={"calendar": Calendar.model_validate({"zone": "Europe/Berlin"} | calendar)})


async def kept(client: Client) -> ScheduleDescription:
    return await client.get_schedule_handle(DIGEST_SCHEDULE_ID).describe()


async def next_times(client: Client) -> list[datetime]:
    return [at.astimezone(BERLIN) for at in (await kept(client)).info.next_action_times]


async def order(client: Client) -> DigestOrder:
    action = (await kept(client)).schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    [payload] = action.args
    found: DigestOrder = client.data_converter.payload_converter.from_payload(payload, DigestOrder)
    return found


async def test_it_comes_on_business_days_at_its_time_in_the_runbooks_zone(client: Client, book: Runbook) -> None:
    await keep(client, working(book), NINE, None)
    coming = await next_times(client)
    assert len(coming) >= 5
    assert {(at.hour, at.minute, at.second) for at in coming} == {(9, 0, 0)}
    assert {at.weekday() for at in coming} == {0, 1, 2, 3, 4}


async def test_other_working_weeks_are_kept_to(client: Client, book: Runbook) -> None:
    week = Hours(days=("sun", "mon", "sat"), begin=NINE, end=time(17))
    await keep(client, working(book, business_hours=week), time(8, 30), None)
    coming = await next_times(client)
    assert {(WEEKDAYS[at.weekday()], at.hour, at.minute) for at in coming} == {
        ("sun", 8, 30), ("mon", 8, 30), ("sat", 8, 30),
    }  # fmt: skip


async def test_it_is_quiet_on_holidays(client: Client, book: Runbook) -> None:
    await keep(client, working(book), NINE, None)
    first, second, third, *_ = await next_times(client)
    await keep(client, working(book, holidays=[first.date(), third.date()]), NINE, None)
    coming = await next_times(client)
    assert coming[0] == second
    assert third not in coming


async def test_a_late_one_is_not_made_up_for_and_two_never_run_at_once(client: Client, book: Runbook) -> None:
    await keep(client, working(book), NINE, None)
    policy = (await kept(client)).schedule.policy
    assert policy.catchup_window == timedelta(hours=1)
    assert policy.overlap is ScheduleOverlapPolicy.SKIP


async def test_it_goes_to_the_home_channel_and_by_mail_to_whom_the_settings_name(client: Client, book: Runbook) -> None:
    leads = Audience(name="Leads", addresses=("a@example.com", "b@example.com"))
    await keep(client, working(book.model_copy(update={"audiences": {"leads": leads}})), NINE, "leads")
    found = await order(client)
    assert (found.post.to.channel, found.zone) == ("#incidents", "Europe/Berlin")
    assert found.mail is not None
    assert (found.mail.name, found.mail.addresses) == ("Leads", ("a@example.com", "b@example.com"))

    await keep(client, working(book), NINE, "boss@example.com")
    found = await order(client)
    assert found.mail is not None
    assert found.mail.addresses == ("boss@example.com",)

    await keep(client, working(book), NINE, None)
    assert (await order(client)).mail is None


async def test_setting_it_up_again_changes_it_and_wakes_no_paused_one(client: Client, book: Runbook) -> None:
    await keep(client, working(book), NINE, None)
    await client.get_schedule_handle(DIGEST_SCHEDULE_ID).pause(note="we are on holiday")
    await keep(client, working(book), time(10), None)
    again = await kept(client)
    assert again.schedule.state.paused
    assert again.schedule.state.note == "we are on holiday"
    assert again.schedule.spec.calendars[0].hour[0].start == 10


async def test_it_can_be_given_up_also_when_there_is_none(client: Client, book: Runbook) -> None:
    await drop(client)
    await keep(client, working(book), NINE, None)
    await drop(client)
    with pytest.raises(RPCError, match="not found"):
        await kept(client)


async def _recent(client: Client) -> Sequence[ScheduleActionResult]:
    return (await kept(client)).info.recent_actions


async def test_what_it_starts_is_the_digest(client: Client, book: Runbook) -> None:
    await keep(client, working(book), NINE, None)
    await client.get_schedule_handle(DIGEST_SCHEDULE_ID).trigger()
    [action] = await eventually(lambda: _recent(client))
    started = await client.get_workflow_handle(action.action.workflow_id).describe()  # type: ignore[attr-defined]
    assert started.workflow_type == "digest"
    assert started.id.startswith("tocsin-digest-")
