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
    past, still_open = await known.ended(since, seen), list(await known.begun(since))
    reviewed = await Reviews(known).records(since)
    if runbook:
        records = tuple(record for record in past.records if record.runbook == runbook)
        unrecorded = tuple(one for one in past.unrecorded if one.runbook == runbook)
        past = Past(records=records, unrecorded=unrecorded)
        still_open = [one for one in still_open if one.runbook == runbook]
    return figures(past, still_open, reviewed, since, until), past
