"""PagerDuty's answer to who is on call: https://developer.pagerduty.com/api-reference, List all of the on-calls"""

from datetime import UTC, datetime
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


class OnCallList:
    """Who is on call there, as tests and demonstrations say it."""

    def __init__(self) -> None:
        self.entries: list[SandboxOnCall] = []

    def reset(self) -> None:
        self.entries.clear()


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
    user: Json = {"id": f"U{entry.name.upper()}", "type": "user", "summary": entry.name, "name": entry.name}
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
