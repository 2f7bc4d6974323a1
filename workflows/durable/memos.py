"""Names of the memos in which workflows show what they are and how they ended. Lists read them; they never change."""

RECORD_MEMO = "record"
"""The memo of incidents and reviews: the figures that a report counts."""
HOLDS_MEMO = "holds"
"""Of silences: how many incidents they keep from opening."""
CARD_MEMO = "card"
"""The memo of heartbeats and silences: the row that a list shows."""
