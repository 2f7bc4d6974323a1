"""E-mail as a way to a person: the page as a mail to them alone. It wakes nobody.

Nobody can ask a mail server what it has taken. So a page whose answer was lost is sent again, as the same mail: its
Message-ID is of the ring, and mailboxes that go by it show it once.
"""

import asyncio
from collections.abc import Mapping

from activities.attempts import RING_WITHIN_S
from activities.email import Mailer
from activities.errors import Rejected, Unavailable
from activities.pagers import fingerprint, open_route, peppered
from workflows.policy.effects.effects import Email, Page, Receipt, Send


class EmailPager:
    """`page` raises Unavailable or Rejected."""

    name = "e-mail"

    def __init__(self, mailer: Mailer, addresses: Mapping[str, str]) -> None:
        self._mailer = mailer
        self._addresses = addresses
        """By the names of people; of the others the runbook may have one."""

    def knows(self, person: str) -> bool:
        return bool(self._addresses.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:  # noqa: ARG002 (no server can be asked)
        assert isinstance(send.effect, Page)
        person = send.effect.to
        address = self._addresses.get(person) or send.addresses.get(person)
        if not address:
            raise Rejected(f"{person} has no e-mail address: set TOCSIN_MAIL_ADDRESSES", fingerprint(person, ""))
        lead = peppered(*self._mailer.lead, *self._addresses.values())
        route = open_route(send.effect, "e-mail address", address, lead)
        mail = Email(to=person, addresses=(address,), template=send.effect.template)
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                wanted = send.model_copy(update={"effect": mail, "text": _with_links(send)})
                return await self._mailer.send_email(wanted, once=False)
        except TimeoutError:
            raise Unavailable(f"the mail server did not answer within {RING_WITHIN_S} s") from None
        except Unavailable as error:
            raise Unavailable(str(error)) from None  # without the minute that other mails wait for greylisting
        except Rejected as error:
            raise Rejected(str(error), route) from None


def _with_links(send: Send) -> str:
    links = "\n".join(f"{label}: {url}" for label, url in send.links if url not in send.text)
    return f"{send.text.rstrip()}\n\n{links}".rstrip()
