"""What stands in a link that answers one ring: whose ring it is, and until when the link may be used.

It is signed, so that nobody makes another's, and holds no secret. Worker and gateway share the keys; no workflow has
them.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from workflows.policy.keys import vendor_keys

TICKET_LASTS: Final = timedelta(days=1)
"""Longer than anybody takes to answer; each further ring has a ticket of its own."""
LONGEST_TICKET: Final = 1000
CODE_DIGITS: Final = 6
"""A million: so few guesses count that one of them is hardly right."""
LONG_CODE_DIGITS: Final = 10
"""Where somebody guesses. It ends with the other."""
_SIGNATURE_BYTES: Final = 16
"""128 bits: nobody guesses one, and the link still fits into a text message."""


@dataclass(frozen=True)
class AnswerTicket:
    ring: str
    """The vendor key of the ring."""
    person: str
    """Who was rung, by their name in the runbook."""
    until: datetime

    @property
    def workflow(self) -> str:
        """Of the incident. Only a ring of an incident has a ticket."""
        return vendor_keys.workflow_of(self.ring) or ""

    @property
    def incident(self) -> str:
        return self.ring.split("/")[1]

    @property
    def event_id(self) -> str:
        """The same for each use of it: the incident hears it once."""
        return f"answer/{hashlib.sha256(f'{self.ring}/{self.person}'.encode()).hexdigest()[:20]}"


def written(ticket: AnswerTicket, key: str) -> str:
    """Of letters that stay as they are in an address."""
    said = f"{int(ticket.until.timestamp()):x}\n{ticket.person}\n{ticket.ring}"
    return f"{_base64(said.encode())}.{_signature(said, key)}"


def read(token: str, keys: Sequence[str]) -> AnswerTicket | None:
    """None: none of these keys has signed it, or a part of it is missing."""
    body, _, presented = token[:LONGEST_TICKET].partition(".")
    try:
        said = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    if not any(hmac.compare_digest(presented.encode(errors="replace"), _signature(said, key).encode()) for key in keys):
        return None
    until, person, ring = said.split("\n", 2)
    return AnswerTicket(ring, person, datetime.fromtimestamp(int(until, 16), UTC))


def code(token: str, digits: int = CODE_DIGITS) -> str:
    """Digits by which a reply names a ticket. Who has not read the token does not know them: a text message's sender
    can be forged."""
    return f"{int.from_bytes(hashlib.sha256(f'code:{token}'.encode()).digest()) % 10**digits:0{digits}}"


def _signature(said: str, key: str) -> str:
    mac = hmac.new(key.encode(), f"answer:{said}".encode(), hashlib.sha256).digest()
    return _base64(mac[:_SIGNATURE_BYTES])


def _base64(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")
