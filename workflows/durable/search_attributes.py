"""What an incident can be found by: the workflow writes these, the starter reads them. Names never change (rule 11)."""

from datetime import datetime
from typing import Final

from temporalio.common import SearchAttributeKey

INCIDENT: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinIncident")
SEVERITY: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinSeverity")
PHASE: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinPhase")
SERVICE: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinService")
RUNBOOK: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinRunbook")
COMMANDER: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinCommander")
NEXT_DUTY_AT: Final[SearchAttributeKey[datetime]] = SearchAttributeKey.for_datetime("TocsinNextDutyAt")
REVIEW_DUE_AT: Final[SearchAttributeKey[datetime]] = SearchAttributeKey.for_datetime("TocsinReviewDueAt")
TIER: Final[SearchAttributeKey[int]] = SearchAttributeKey.for_int("TocsinTier")

KEYWORDS: Final = (INCIDENT, SEVERITY, PHASE, SERVICE, RUNBOOK, COMMANDER)
DATETIMES: Final = (NEXT_DUTY_AT, REVIEW_DUE_AT)
INTEGERS: Final = (TIER,)
