"""What Twilio keeps of text messages: which pages went to a number, and when a reply was sent.

Nothing of that is stored here. A page's text bears the link that answers it, which is signed: so a number's messages
say what whoever has it may answer.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

import httpx
import structlog
from pydantic import BeforeValidator, Field

from settings import Settings
from starter.sources.foreign import Foreign, read
from starter.sources.reading import Unreadable
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import CODE_DIGITS, LONG_CODE_DIGITS, TICKET_LASTS, AnswerTicket

TWILIO_WITHIN_S = 4
TEXTS_LOOKED_THROUGH = 50
"""The newest messages to a number."""
MOST_AMISS = 10
"""Of fifty pages that are open at a time one of so many guesses is right once in two thousand times."""
_NO_DIGIT = re.compile(r"[^0-9]")
_DIGITS_IN_TEXT = re.compile(rf"(?<![0-9])(?:[0-9]{{{LONG_CODE_DIGITS}}}|[0-9]{{{CODE_DIGITS}}})(?![0-9])")
"""The first of them: `482913, there in 5`. Each that is tried is a guess, so no more are."""
_ANSWER_LINK = re.compile(r"https?://\S+/a/(?P<token>[A-Za-z0-9_.-]+)")

log = structlog.get_logger()


def _moment(written: object) -> datetime | None:
    """None: what stands there is no date."""
    try:
        moment = parsedate_to_datetime(written) if isinstance(written, str) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment


class ListedText(Foreign):
    body: str = ""
    sender: str = Field("", alias="from")
    date_created: Annotated[datetime | None, BeforeValidator(_moment)] = None


class _ListedTexts(Foreign):
    messages: tuple[ListedText, ...]


class TwilioSilent(Exception):
    """It could not be asked, or its answer was none."""


@dataclass(frozen=True)
class SentToNumber:
    tickets: Mapping[str, AnswerTicket]
    """Of the pages that it was sent before the reply, by their long digits, the newest first. None where Twilio says
    that the reply is somebody else's: what is signed are names and values without anything between them."""
    last: str
    """What it was sent last, whatever that was."""
    amiss: int = 0
    """How many texts under this number answered none of these pages, within the time in which pages can be answered.
    Everything counts, or a guess would be hidden among harmless words."""

    @property
    def is_guessed_at(self) -> bool:
        """Then the digits of its pages are not enough. Whoever has the phone is told the long ones."""
        return self.amiss >= MOST_AMISS


async def sent_to(settings: Settings, number: str, reply: str) -> SentToNumber:
    """`reply`: the id of what answers. It answers nothing that was sent later, or in the same second: Twilio tells
    whole ones, and nobody reads a page and has replied within it. Raises TwilioSilent."""
    base = f"{settings.twilio_url.rstrip('/')}/2010-04-01/Accounts/{settings.twilio_account}"
    login = (settings.twilio_account or "", settings.twilio_auth_tokens[0].get_secret_value())
    to, by = ({name: number, "PageSize": str(TEXTS_LOOKED_THROUGH)} for name in ("To", "From"))
    try:
        async with asyncio.timeout(TWILIO_WITHIN_S), httpx.AsyncClient(auth=login, timeout=TWILIO_WITHIN_S) as http:
            answers = await asyncio.gather(
                http.get(f"{base}/Messages.json", params=to),
                http.get(f"{base}/Messages.json", params=by),
                http.get(f"{base}/Messages/{reply}.json"),
            )
            listed, said, answering = (answer.raise_for_status().content for answer in answers)
        messages, texts, replied = _texts(listed), _texts(said), _text(answering)
    except (httpx.HTTPError, TimeoutError, Unreadable):
        raise TwilioSilent("Twilio does not say which page that answers") from None
    replied_at = replied.date_created
    if replied_at is None:
        raise TwilioSilent("Twilio does not say when that was replied")
    before = [each.body for each in messages if each.date_created and each.date_created < replied_at]
    tickets = tickets_in(before, settings.answer_keys) if replied.sender == number else {}
    recent = [each for each in texts if each.date_created and each.date_created > replied_at - TICKET_LASTS]
    amiss = [each for each in recent if named_page(each.body, tickets) is None]
    return SentToNumber(tickets, last=messages[0].body if messages else "", amiss=len(amiss))


def named_page(words: str, tickets: Mapping[str, AnswerTicket], least: int = CODE_DIGITS) -> str | None:
    """The long digits of the one that a text names, by at least so many of its last ones."""
    alone = _DIGITS_IN_TEXT.search(words)
    said = (_NO_DIGIT.sub("", words), alone[0] if alone else "")
    asked = [digits for digits in said if len(digits) in (CODE_DIGITS, LONG_CODE_DIGITS) and len(digits) >= least]
    return next((code for digits in asked for code in tickets if code.endswith(digits)), None)


def _texts(content: bytes) -> Sequence[ListedText]:
    """What of them cannot be read is left out. Raises Unreadable."""
    found, wrong = read(_ListedTexts, content, "a list of messages")
    if wrong:
        log.warning("messages at Twilio could not be read", fields=[each.field for each in wrong])
    return found.messages


def _text(content: bytes) -> ListedText:
    """Raises Unreadable."""
    return read(ListedText, content, "a message")[0]


def tickets_in(texts: Sequence[str], keys: Sequence[str]) -> dict[str, AnswerTicket]:
    """`texts`: the newest first. Should two have the same digits, the newer one is meant. A page's own link comes last:
    its title may have others."""
    tokens = [links[-1] for text in texts if (links := _ANSWER_LINK.findall(text))]
    found = ((answer_tickets.code(token, LONG_CODE_DIGITS), answer_tickets.read(token, keys)) for token in tokens)
    return {code: ticket for code, ticket in found if ticket is not None}
