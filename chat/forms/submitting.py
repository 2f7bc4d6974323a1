"""What every form does when it is submitted: the answer stands in the form itself, and comes before Slack gives up."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Mapping
from typing import Final

from pydantic import JsonValue

from chat.acting import Answered
from chat.forms import views
from chat.payloads import SentView
from chat.words import unmarked
from starter.temporal.results import Unreachable

LONGEST_COMPLAINT: Final = 1_000
_AGAIN: Final = "Submit it again; the same is done once. If it is urgent, call somebody now."
AWAY: Final = f"Nothing is known to be recorded: Temporal does not answer. {_AGAIN}"
TOO_LONG: Final = f"It takes too long, and nothing is known to be recorded. {_AGAIN}"


async def in_time(work: Awaitable[dict[str, JsonValue]], view: SentView, within_s: float) -> dict[str, JsonValue]:
    """What was filled in stays if it does not end in time."""
    try:
        async with asyncio.timeout(within_s):
            return await work
    except TimeoutError:
        return complaint(view, Answered(TOO_LONG, done=False))
    except Unreachable:
        return complaint(view, Answered(AWAY, done=False))


def finished(view: SentView, answered: Answered) -> dict[str, JsonValue]:
    return views.answer(views.shown("Tocsin", answered.text)) if answered.done else complaint(view, answered)


def complaint(view: SentView, answered: Answered) -> dict[str, JsonValue]:
    """Below the input that is wrong, else below the first."""
    field = answered.field if answered.field in view.state.values else next(iter(view.state.values), "")
    if not field:
        return views.answer(views.shown("Not done", answered.text))
    return views.wrong(field, unmarked(answered.text)[:LONGEST_COMPLAINT])


def fingerprint_of(said: Mapping[str, object]) -> str:
    """The same for the same words."""
    written = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()[:16]
