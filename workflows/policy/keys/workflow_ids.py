"""The ids of workflows, and the letters of those that people type. How an id begins is known here alone."""

LETTERS = "23456789bcdfghjkmnpqrstvwxz"
"""Of what people read aloud and type: no two look alike, and none makes a word (ADR 7)."""
_REVIEW = "review-"
_WITH_NAMES_FOR_PEOPLE = ("incident-", _REVIEW)


def review_of(incident: str) -> str:
    """An incident has one review, under the id that people call the incident by."""
    return f"{_REVIEW}{incident}"


def is_review(workflow_id: str) -> bool:
    return workflow_id.startswith(_REVIEW)


def reviewed(written: str) -> str:
    """The incident that a review is of; whatever else was written as it is."""
    return written.removeprefix(_REVIEW)


def is_workflow_id(written: str) -> bool:
    """Or is it what people call an incident by?"""
    return written.startswith(_WITH_NAMES_FOR_PEOPLE)


def begins_with(workflow_id: str, part: str) -> bool:
    """People write as much of one as says which is meant."""
    return workflow_id.startswith(part)
