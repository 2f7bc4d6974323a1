"""PagerDuty's answer to who is on call: https://developer.pagerduty.com/api-reference, List all of the on-calls"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sandbox.pagerduty_json import Json


class SandboxOnCall(BaseModel):
    """A stretch of somebody's, at a schedule and on a level of an escalation policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    email: str = ""
    schedule: str = "PSCHED1"
    escalation_policy: str = "PPOLICY"
    level: int = 1
    start: datetime | None = None
    end: datetime | None = None


A_WEEK = timedelta(weeks=1)
WEEKS_FILLED = 53
HANDS_OVER_AT = time(9)


@dataclass(frozen=True)
class WeeklySchedule:
    """These take turns there, from Monday 09:00 UTC to the next. An escalation policy of the same id leads to them."""

    id: str
    names: tuple[str, ...]

    def stretches(self, now: datetime) -> Iterator[SandboxOnCall]:
        monday = datetime.combine(now.date() - timedelta(days=now.weekday()), HANDS_OVER_AT, UTC)
        first = monday if monday <= now else monday - A_WEEK
        for week in range(WEEKS_FILLED):
            name, begin = self.names[week % len(self.names)], first + week * A_WEEK
            yield SandboxOnCall(name=name, schedule=self.id, escalation_policy=self.id, start=begin, end=begin + A_WEEK)


class OnCallList:
    """Who is on call there: by schedules from the start, then as tests and demonstrations say it."""

    def __init__(self, schedules: Iterable[WeeklySchedule] = ()) -> None:
        self._from_the_start = tuple(schedules)
        self.entries: list[SandboxOnCall] = []
        self.reset()

    def reset(self) -> None:
        now = datetime.now(UTC)
        self.entries[:] = [stretch for each in self._from_the_start for stretch in each.stretches(now)]


def on_call_router(known: OnCallList) -> APIRouter:
    api = APIRouter(tags=["PagerDuty REST API"])

    async def oncalls(
        schedule_ids: Annotated[list[str] | None, Query(alias="schedule_ids[]")] = None,
        escalation_policy_ids: Annotated[list[str] | None, Query(alias="escalation_policy_ids[]")] = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Json:
        begin = since or datetime.now(UTC)
        end = until or begin
        found = [
            entry
            for entry in known.entries
            if (schedule_ids is None or entry.schedule in schedule_ids)
            and (escalation_policy_ids is None or entry.escalation_policy in escalation_policy_ids)
            and (entry.start is None or entry.start <= end)
            and (entry.end is None or entry.end > begin)
        ]
        page = [_json(entry) for entry in found[offset : offset + limit]]
        return {"oncalls": page, "limit": limit, "offset": offset, "more": offset + limit < len(found), "total": None}

    api.add_api_route("/oncalls", oncalls, methods=["GET"])
    return api


def _json(entry: SandboxOnCall) -> Json:
    user: Json = {
        "id": "U" + re.sub("[^A-Z0-9]", "", entry.name.upper()),
        "type": "user",
        "summary": entry.name,
        "name": entry.name,
    }
    schedule: Json = {"id": entry.schedule, "type": "schedule_reference", "summary": entry.schedule}
    policy: Json = {"id": entry.escalation_policy, "type": "escalation_policy_reference"}
    return {
        "user": {**user, "email": entry.email or f"{entry.name.lower().replace(' ', '.')}@example.com"},
        "schedule": schedule,
        "escalation_policy": policy,
        "escalation_level": entry.level,
        "start": entry.start.isoformat() if entry.start else None,
        "end": entry.end.isoformat() if entry.end else None,
    }
