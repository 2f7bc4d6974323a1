"""What a page by Twilio is, whether it is read or heard: to whose number, as whom, within which time, and once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.errors import Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.twilio_api import TwilioApi
from workflows.policy.effects.effects import Page, Receipt

FindEarlier = Callable[[], Awaitable[str | None]]
"""For what an earlier attempt has made: its id there."""
MakeRing = Callable[[str, list[str]], Awaitable[str]]
"""By this route; what is to be said of it goes into the list. The id of what was made there."""


class TwilioLine:
    """Whom an account reaches, and as whom. Every method raises Rejected."""

    def __init__(self, numbers: Mapping[str, str], account: str, token: str, sender: str, url: str) -> None:
        self._numbers = numbers
        """By the names of people, as E.164 has them."""
        self.sender = sender
        self.api = TwilioApi(account, token, url, numbers.values())
        self._lead = (account, token, sender)
        """What a page to any number may be refused for."""

    def knows(self, person: str) -> bool:
        return bool(self._numbers.get(person))

    def number(self, person: str) -> str:
        if number := self._numbers.get(person):
            return number
        raise Rejected(f"{person} has no telephone number: set TOCSIN_PHONE_NUMBERS", fingerprint(person, ""))

    def route(self, page: Page) -> str:
        return open_route(page, "telephone number", self.number(page.to), *self._lead)


async def page_once(route: str, look: FindEarlier | None, ring: MakeRing) -> Receipt:
    """`look`: there may have been an earlier attempt. Raises Unavailable or Rejected."""
    remarks: list[str] = []
    if look is not None and (found := await _found(look, remarks)):
        return Receipt(reference=found, note="it was already there", followed=True)
    try:
        async with asyncio.timeout(RING_WITHIN_S):
            made = await ring(route, remarks)
    except TimeoutError:
        raise Unavailable(f"Twilio did not answer within {RING_WITHIN_S} s") from None
    note = "rang all the same: " + "; ".join(remarks) if remarks else None
    return Receipt(reference=made, note=note, warns=bool(remarks), followed=True)


async def _found(look: FindEarlier, remarks: list[str]) -> str | None:
    """No failure to look holds a page up."""
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await look()
    except (Unavailable, Rejected, TimeoutError):
        remarks.append("Twilio could not say whether it was there already")
        return None
