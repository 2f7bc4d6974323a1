"""Names of the memos in which workflows show what they are and how they ended. Lists read them; they never change."""

RECORD_MEMO = "record"
"""Of incidents and reviews: the figures that a report counts."""
CARD_MEMO = "card"
"""Of heartbeats and silences: what their lists show."""
