"""Rows of lists: an incident or a review by its search attributes and memo. No workflow is asked."""

from datetime import UTC, datetime

from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from starter.temporal.memos import memo_of
from starter.temporal.results import ReviewSummary, Summary
from workflows.durable import search_attributes as attributes
from workflows.durable.memos import RECORD_MEMO
from workflows.policy.keys import workflow_ids
from workflows.policy.review.debts import OWED_MEMO, ReviewDebts
from workflows.policy.review.summary import ClosedReview
from workflows.policy.views.coming_duties import COMING_MEMO, ComingDuties
from workflows.policy.views.standing import FOLLOW_UPS_MEMO, STANDING_MEMO, IncidentStanding, OpenFollowUp
from workflows.policy.views.summary import DRILL, DRILL_CLOCK, GRAVEST, DrillClock


async def incident_row(run: WorkflowExecution) -> Summary:
    known = run.typed_search_attributes
    next_duty, next_duty_at = await _next_duty(run)
    severity = known.get(attributes.SEVERITY, "")
    return Summary(
        workflow_id=run.id,
        run_id=run.run_id,
        incident=known.get(attributes.INCIDENT, run.id),
        title=await memo_of(run, "title", str, ""),
        open=run.status is WorkflowExecutionStatus.RUNNING,
        severity=severity,
        gravest=min(severity, await memo_of(run, GRAVEST, str, severity)),
        drill=await memo_of(run, DRILL, bool, False),
        drill_clock=await _drill_clock(run),
        private=known.get(attributes.PRIVATE, False),
        phase=known.get(attributes.PHASE, ""),
        service=known.get(attributes.SERVICE, ""),
        runbook=known.get(attributes.RUNBOOK, ""),
        commander=known.get(attributes.COMMANDER, ""),
        tier=known.get(attributes.TIER),
        urgency=known.get(attributes.URGENCY),
        next_duty=next_duty,
        next_duty_at=next_duty_at,
        # Not the execution's own: continue-as-new begins that anew.
        started_at=await memo_of(run, "opened_at", datetime, run.start_time),
        closed_at=run.close_time,
        seen=known.get(attributes.INCIDENT) is not None,
        follow_ups_due=await memo_of(run, FOLLOW_UPS_MEMO, tuple[OpenFollowUp, ...], ()),
        **dict(await memo_of(run, STANDING_MEMO, IncidentStanding, IncidentStanding())),
    )


async def review_row(run: WorkflowExecution) -> ReviewSummary:
    known = run.typed_search_attributes
    record = await review_record(run)
    return ReviewSummary(
        workflow_id=run.id,
        run_id=run.run_id,
        incident=known.get(attributes.INCIDENT, workflow_ids.reviewed(run.id)),
        title=await memo_of(run, "title", str, ""),
        open=run.status is WorkflowExecutionStatus.RUNNING,
        severity=known.get(attributes.SEVERITY, ""),
        runbook=known.get(attributes.RUNBOOK, ""),
        due_at=known.get(attributes.REVIEW_DUE_AT),
        started_at=await memo_of(run, "opened_at", datetime, run.start_time),
        closed_at=run.close_time,
        record=record if isinstance(record, ClosedReview) else None,
        problem=record if isinstance(record, str) else "",
        drill=await memo_of(run, DRILL, bool, False),
        drill_clock=await _drill_clock(run),
        debts=await _debts(run),
    )


async def review_record(run: WorkflowExecution) -> ClosedReview | str | None:
    """Or why it cannot be read: one that cannot must not hide the others."""
    try:
        record: ClosedReview | None = await run.memo_value(RECORD_MEMO, None, type_hint=ClosedReview)
    except ValueError:
        return "its figures cannot be read: see its workflow in Temporal"
    return record


async def _drill_clock(run: WorkflowExecution) -> DrillClock | None:
    return await memo_of(run, DRILL_CLOCK, DrillClock, None)


async def _debts(run: WorkflowExecution) -> ReviewDebts | None:
    return await memo_of(run, OWED_MEMO, ReviewDebts, None)


async def _next_duty(run: WorkflowExecution) -> tuple[str, datetime | None]:
    if run.status is not WorkflowExecutionStatus.RUNNING:
        return "", None
    ahead = await memo_of(run, COMING_MEMO, ComingDuties, None)
    if ahead is None:
        known = run.typed_search_attributes
        return known.get(attributes.NEXT_DUTY, ""), known.get(attributes.NEXT_DUTY_AT)
    coming = ahead.next(datetime.now(UTC))
    return (coming.what, coming.at) if coming else ("", None)
