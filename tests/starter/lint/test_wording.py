"""A mistake in a single value: what is wrong with it, and what to write instead, in the words of whoever wrote it."""

from pathlib import Path

import pytest

from starter.runbooks.library import read
from tests.starter.lint.book import GOOD, TODAY
from tocsin.commands.runbook_lint import look_at

HOME = 'home: "#incidents"'
PAGE = "page: [on-call]"
AFTER = "after: 20m"
KIND = "kind: email"
ZONE = "zone: Europe/Berlin"
DEFAULT = "default_severity: sev2"
QUIET = 'begin: "22:00"'
COMMENT = "Put it in quotes if it has a `#`: what follows an unquoted `#` is a comment"


@pytest.mark.parametrize(
    ("instead_of", "written", "what", "instead"),
    [
        # Durations.
        (AFTER, "after: 20", "a duration needs its unit: write 20m or 20s", "Write 20m or 20s"),
        (AFTER, "after: 20m 20m", "a duration names each unit once, the greatest first: write 40m", "Write 40m"),
        (AFTER, "after: 1.5h", "a duration has no fractions: write 1h 30m", "Write 1h 30m"),
        (AFTER, "after: soon", "is no duration", "Write it like 15m, 2h, 1h 30m or 3d"),
        (AFTER, "after: true", "is no duration", "Write it like 15m, 2h, 1h 30m or 3d"),
        (AFTER, "after: [20m]", "is no duration", "Write it like 15m, 2h, 1h 30m or 3d"),
        # One word where a list goes, and the reverse.
        (PAGE, "page: on-call", "a list goes here", "Write [on-call]"),
        (PAGE, "page: 7", "a list goes here", "Write [7]"),
        (PAGE, "page: ~", "a list goes here", "Write [...], with what goes in between the brackets"),
        (
            "escalation:\n      - {page: [on-call]}",
            "escalation: &e {page: [on-call]}\n    x:",
            "a list goes here",
            "Begin each line with `- `",
        ),
        ("title: Outage", "title: [Outage]", "a text goes here", "Write it without brackets"),
        ("title: Outage", "title: 7", "a text goes here", 'Write "7"'),
        # Channels.
        (HOME, "home: incidents", "is no channel", 'Write "#incidents"'),
        (HOME, "home: #incidents", "is empty", COMMENT),
        (HOME, 'home: "#Our Incidents"', "is no channel", 'Write "#our-incidents"'),
        # Words of a list.
        (
            KIND,
            "kind: mail",
            "'mail' is none of 'post', 'nag', 'checklist', 'email', 'ticket', 'document'",
            "Did you mean `email`?",
        ),
        (
            KIND,
            "kind: phone",
            "'phone' is none of 'post', 'nag', 'checklist', 'email', 'ticket', 'document'",
            "Choose one of them",
        ),
        (
            DEFAULT,
            "default_severity: SEV-2",
            "'SEV-2' is none of 'sev1', 'sev2', 'sev3', 'sev4'",
            "Did you mean `sev2`?",
        ),
        (DEFAULT, "default_severity: 2", "'2' is none of 'sev1', 'sev2', 'sev3', 'sev4'", "Did you mean `sev2`?"),
        # Names, addresses, yes and no.
        (
            "  press: {name: Press Officer}",
            "  Press Officer: {name: P}\n  press: {name: Press Officer}",
            "is no name here",
            "Write press-officer (small letters, digits and dashes)",
        ),
        (
            'url: "https://logs.acme.example"',
            "url: logs.acme.example",
            "is no address",
            "Write https://logs.acme.example",
        ),
        ("pin: true", "pin: sometimes", "true or false goes here", "Write true or false"),
        # Zones.
        (
            ZONE,
            "zone: localtime",
            "'localtime' is no time zone: write one like Europe/Berlin or UTC",
            "Write one like Europe/Berlin or UTC",
        ),
        (
            ZONE,
            "zone: posix/Europe/Berlin",
            "'posix/Europe/Berlin' is no time zone: write one like Europe/Berlin or UTC",
            "Did you mean `Europe/Berlin`?",
        ),
        (
            ZONE,
            "zone: Berlin",
            "'Berlin' is no time zone: write one like Europe/Berlin or UTC",
            "Did you mean `Europe/Berlin`?",
        ),
        (
            ZONE,
            "zone: europe/berlin",
            "'europe/berlin' is no time zone: write one like Europe/Berlin or UTC",
            "Did you mean `Europe/Berlin`?",
        ),
        (
            ZONE,
            "zone: Factory",
            "'Factory' is no time zone: write one like Europe/Berlin or UTC",
            "Write one like Europe/Berlin or UTC",
        ),
        # Times of the day.
        (QUIET, "begin: 10pm", "is no time of the day", 'Write it like "09:00"'),
        (QUIET, 'begin: "25:00"', "is no time of the day", 'Write it like "09:00"'),
    ],
)
def test_a_value_is_told_from_what_was_meant(
    tmp_path: Path, instead_of: str, written: str, what: str, instead: str
) -> None:
    assert instead_of in GOOD
    file = tmp_path / "acme.yaml"
    file.write_text(GOOD.replace(instead_of, written, 1), encoding="utf-8")
    found = look_at(read(file), TODAY)
    assert (what, instead) in [(one.what, one.instead) for one in found if one.level == "error"]
