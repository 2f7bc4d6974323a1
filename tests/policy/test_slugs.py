"""What a workflow is about stands in its id, in a few words that harm nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.policy.keys.slugs import LONGEST_SLUG, slug

NAMES = {
    "a name": ("CheckoutErrors", ("checkouterrors", True)),
    "several words": ("Disk full: db-1 (eu)", ("disk-full-db-1-eu", True)),
    "accents": ("Überlast Café", ("uberlast-cafe", False)),
    "letters of other scripts": ("磁盘 full", ("full", False)),
    "no letters at all": ("{}:{}", ("", False)),
    "nothing": ("", ("", False)),
    "a path out of it": ("../../etc/passwd\0", ("etc-passwd", True)),
    "quotes of a query": ("x' OR WorkflowId STARTS_WITH 'incident", ("x-or-workflowid-starts-with-incident", True)),
    "a UUID": ("check 0e8400e2-9b41-41d4-a716-446655440000 fails", ("check-fails", False)),
    "a hash, a key, a long number": ("deploy 9f86d081884c7d65 AKIA1234567890AB 1234567890123", ("deploy", False)),
    "a short number": ("monitor 4711", ("monitor-4711", True)),
    "more than fits": (
        "one two three four five six seven eight nine",
        ("one-two-three-four-five-six-seven-eight", False),
    ),
    "one long word": ("x" * 50, ("x" * LONGEST_SLUG, False)),
}


@pytest.mark.parametrize(("name", "found"), NAMES.values(), ids=NAMES.keys())
def test_a_slug_is_the_first_words_and_says_whether_they_are_all(name: str, found: tuple[str, bool]) -> None:
    assert slug(name) == found


@given(st.text())
def test_whatever_it_is_made_of_it_is_short_and_plain(name: str) -> None:
    words, is_all = slug(name)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", words)
    assert len(words) <= LONGEST_SLUG
    assert words or not is_all
