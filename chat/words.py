"""What is answered, in Slack's markup: everything that somebody wrote is escaped."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import unescape
from typing import Final

from activities.slack_message import literal
from starter.desk.answers import Called
from workflows.policy.views.results import Outgoing, Upcoming, UpdateResult

LONGEST_SECTION: Final = 3_000
"""Characters: https://docs.slack.dev/reference/block-kit/blocks/section-block"""
LONGEST_LINE_OF_ANSWER: Final = 400
MOST_LINES_OF_ANSWER: Final = 8
_DATE: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
NO_CHANGE: Final = ("Nothing changed.",)
NOBODY_ACTS: Final = "Recorded; nobody is being paged"
STORED: Final = "Recorded."
PRIVATE_BY_NOW: Final = f"{STORED} The incident is private by now: how it goes on is said in its own channel."
NOT_SHOWN_ANY_MORE: Final = "The incident is private by now, and nothing is done. Begin again in its own channel."
TAKES_LONG: Final = f"{STORED} It takes longer than usual."
FOLLOWS: Final = f"{TAKES_LONG} The answer follows here within a minute. If none does, and it is urgent, call somebody."
PERHAPS_NOBODY: Final = f"{STORED} Still no answer: perhaps nobody is being paged. If it is urgent, call somebody now."
TOO_LITTLE: Final = "Recorded, but it came too late or does not fit"
"""What was left for an incident is never refused: it changes what it still can."""


def done(answer: UpdateResult, first: str = "") -> str:
    """What changed, who else is being informed, and what comes next. `first`: who was, in markup."""
    lines = [f"*{plain(answer.incident)}*", *([first] if first else []), *map(plain, answer.changed or NO_CHANGE)]
    if isinstance(answer, Called):
        lines.append(plain(answer.page.text))
    lines += [*outside(answer.outgoing), *coming(answer.next)]
    return "\n".join(lines)[:LONGEST_SECTION]


def refused(why: str, first: str = "") -> str:
    return "\n".join(filter(None, (first, literal(why, LONGEST_SECTION - len(first) - 1))))


def came_to_little(why: str) -> str:
    return f"{TOO_LITTLE}: {literal(why, LONGEST_SECTION - len(TOO_LITTLE) - 2)}"


def coming(lines: Sequence[Upcoming]) -> Iterator[str]:
    """Who is being informed now, and what the next thing is."""
    now = [line.what for line in lines if line.state in ("due", "in flight")]
    if now:
        yield f"Now: {plain('; '.join(now[:MOST_LINES_OF_ANSWER]))}"
    following = next((line for line in lines if line.state == "next"), None)
    if following:
        yield f"Next: {plain(following.what)}, {moment(following.at)}"


def outside(outgoing: Sequence[Outgoing]) -> Iterator[str]:
    for each in outgoing[:MOST_LINES_OF_ANSWER]:
        yield f"People outside read ({plain(each.what)}): {plain(each.text or each.subject)}"


def moment(at: datetime) -> str:
    """In the reader's own zone: https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def unmarked(markup: str) -> str:
    """Where Slack shows no markup."""
    return unescape(_DATE.sub(r"\1", markup))


def plain(text: str) -> str:
    return literal(text, LONGEST_LINE_OF_ANSWER)
