"""Reads what a report is made of, and counts it."""

from datetime import datetime

from starter.report.counting import figures
from starter.report.figures import ReportFigures
from starter.temporal.directory import ReadProgress
from starter.temporal.incidents import Incidents
from starter.temporal.results import Past
from starter.temporal.reviews import Reviews


async def read(
    known: Incidents, since: datetime, until: datetime, runbook: str, seen: ReadProgress
) -> tuple[ReportFigures, Past]:
    """What ended before `since` was declared before it, too. Reviews are counted with their incidents. `runbook`: of
    this one alone; empty: of all."""
    past, still_open = await known.ended(since, seen), await known.begun(since)
    reviewed = await Reviews(known).records(since)
    opened, unread = still_open.rows, past.unread + still_open.unread + reviewed.unread
    if runbook:
        records = tuple(record for record in past.records if record.runbook == runbook)
        unrecorded = tuple(one for one in past.unrecorded if one.runbook == runbook)
        past = Past(records=records, unrecorded=unrecorded)
        opened = tuple(one for one in opened if one.runbook == runbook)
    past = past.model_copy(update={"unread": unread})
    return figures(past, opened, reviewed.rows, since, until), past
