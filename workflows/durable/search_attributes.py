"""What an incident can be found by: the workflow writes these, the starter reads them. Names never change (rule 11)."""

from datetime import datetime
from typing import Final

from temporalio.common import SearchAttributeKey

INCIDENT: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinIncident")
INCIDENT_LETTERS: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinLetters")
"""The end of the incident's id: nothing else finds an id by its end."""
SEVERITY: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinSeverity")
PHASE: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinPhase")
SERVICE: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinService")
RUNBOOK: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinRunbook")
COMMANDER: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinCommander")
NEXT_DUTY: Final[SearchAttributeKey[str]] = SearchAttributeKey.for_keyword("TocsinNextDuty")
"""In words, with the reason; as of when another of these was written. Lists show what the memo `coming` says."""
NEXT_DUTY_AT: Final[SearchAttributeKey[datetime]] = SearchAttributeKey.for_datetime("TocsinNextDutyAt")
REVIEW_DUE_AT: Final[SearchAttributeKey[datetime]] = SearchAttributeKey.for_datetime("TocsinReviewDueAt")
TIER: Final[SearchAttributeKey[int]] = SearchAttributeKey.for_int("TocsinTier")
URGENCY: Final[SearchAttributeKey[int]] = SearchAttributeKey.for_int("TocsinUrgency")
"""By it lists are sorted: a store of Temporal's sorts by nothing but times of its own."""
PRIVATE: Final[SearchAttributeKey[bool]] = SearchAttributeKey.for_bool("TocsinPrivate")
"""Set on what is private, and nowhere else: lists for everybody leave out what has it, and count without it."""

KEYWORDS: Final = (INCIDENT, INCIDENT_LETTERS, SEVERITY, PHASE, SERVICE, RUNBOOK, COMMANDER, NEXT_DUTY)
DATETIMES: Final = (NEXT_DUTY_AT, REVIEW_DUE_AT)
INTEGERS: Final = (TIER, URGENCY)
BOOLEANS: Final = (PRIVATE,)
