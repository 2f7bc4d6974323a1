"""E-mail, through whatever SMTP server takes it from us.

At most once after the final dot: a mail that was handed over whole, and whose answer was lost, may have arrived and is
not sent again. Before the dot nothing has been sent, and trying later is right. Why: docs/adr/0010.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from activities.email_message import compose
from activities.errors import Rejected, Unavailable
from activities.plain_text import login, one_line, quote
from workflows.policy.effects.effects import Email, Receipt, Send

SMTP_TIMEOUT_S = 8
"""Seconds to connect, and again for each answer."""
BEFORE = 25
"""Seconds for everything before the mail itself."""
FINAL = 45
"""Seconds to read the mail: some servers look for viruses meanwhile. All of it together stays below the activity's
timeout: a second attempt beside one that still sends would send twice."""
GREYLIST_PAUSE = timedelta(minutes=1)
"""Greylisting servers want to be asked again after one to five minutes."""

GO_AHEAD, TAKEN, CLOSING = 354, 250, 421
Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _RefusedRecipient:
    recipient: str
    code: int
    words: str

    @property
    def said(self) -> str:
        return f"{one_line(self.recipient, 80)}: {self.words}"


class Mailer:
    """`send_email` raises Unavailable or Rejected."""

    def __init__(self, server: SmtpServer, sender: Address) -> None:
        self._server = server
        self._sender = sender
        self._tls = ssl.create_default_context()  # takes long enough to be made only once

    @property
    def lead(self) -> tuple[str, ...]:
        """What a mail to anybody may be refused for: with a password in it."""
        return self._server.host, str(self._server.port), self._server.user or "", self._server.password or ""

    async def send_email(self, send: Send, *, once: bool = True) -> Receipt:
        """One mail for all recipients. Those that the server refuses while it takes others are named in the receipt.
        `once`: what may have arrived is not sent again; otherwise it is Unavailable, like all that was not taken."""
        assert isinstance(send.effect, Email)
        wanted, unusable = _usable(send.effect.addresses)
        if not wanted:
            raise Rejected(f"there is nobody to send it to: {_said(unusable) or 'the audience has no addresses'}")
        async with self._conversation() as smtp:
            with self._in_our_words():
                async with asyncio.timeout(BEFORE):
                    await smtp.connect()
                    accepted, refused = await self._envelope(smtp, wanted)
                    mail = compose(send, self._sender, accepted)
                    await _go_ahead(smtp)
            return await self._hand_over(smtp, mail, (*unusable, *refused), once)

    @contextlib.asynccontextmanager
    async def _conversation(self) -> AsyncIterator[aiosmtplib.SMTP]:
        smtp = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            local_hostname=self._sender.domain,
            timeout=SMTP_TIMEOUT_S,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            tls_context=self._tls,
        )
        try:
            yield smtp
        finally:
            smtp.close()  # without QUIT: there is nothing that its answer could change

    async def _envelope(
        self, smtp: aiosmtplib.SMTP, wanted: Iterable[str]
    ) -> tuple[tuple[str, ...], tuple[_RefusedRecipient, ...]]:
        """Who will get it and who will not. Raises when that is nobody."""
        await smtp.mail(self._sender.addr_spec)
        accepted, refused = [], []
        for address in wanted:
            try:
                await smtp.rcpt(address)
                accepted.append(address)
            except SMTPRecipientRefused as refusal:
                if refusal.code == CLOSING:
                    raise
                refused.append(_RefusedRecipient(address, refusal.code, self._words(refusal)))
        if not accepted:
            later = any(refusal.code < 500 for refusal in refused)
            raise Unavailable(_said(refused), GREYLIST_PAUSE) if later else Rejected(_said(refused))
        return tuple(accepted), tuple(refused)

    async def _hand_over(
        self, smtp: aiosmtplib.SMTP, mail: EmailMessage, refused: tuple[_RefusedRecipient, ...], once: bool
    ) -> Receipt:
        remarks = [f"not accepted for {refusal.said}" for refusal in refused]
        assert smtp.protocol is not None
        with self._in_our_words():
            smtp.protocol.write(_dotted(mail))
        try:
            with self._in_our_words(_Lost):
                answer = await smtp.protocol.read_response(timeout=FINAL)
                if answer.code != TAKEN:
                    raise SMTPResponseException(answer.code, answer.message)
        except (_Lost, asyncio.CancelledError):  # cancelled: the worker ends, and this is the last that is known of it
            if not once:
                raise
            remarks.insert(0, "the server's answer was lost: it may or may not have arrived, and is not sent again")
        return Receipt(reference=str(mail["Message-ID"]), note="; ".join(remarks) or None, warns=bool(remarks))

    @contextlib.contextmanager
    def _in_our_words(self, lost: type[Unavailable] = Unavailable) -> Iterator[None]:
        """`lost`: what a connection that ends without an answer is."""
        try:
            yield
        except SMTPResponseException as error:
            words = self._words(error)
            raise Unavailable(words, GREYLIST_PAUSE) if not 500 <= error.code < 600 else Rejected(words) from None
        except (SMTPServerDisconnected, SMTPConnectError, SMTPTimeoutError, TimeoutError, OSError) as error:
            for cause in (error, error.__cause__):
                if isinstance(cause, ssl.SSLCertVerificationError):
                    raise Rejected(f"the mail server's certificate is not good: {cause.verify_message}") from None
            raise lost(f"the mail server could not be reached: {type(error).__name__}") from None
        except SMTPException as error:  # it offers no STARTTLS, or no login
            said = quote(str(error), self._secrets())
            raise Rejected(f"the mail server cannot do what TOCSIN_SMTP_URL asks for: {said}") from None

    def _words(self, error: SMTPResponseException) -> str:
        said = f"the mail server answered {error.code}: {quote(error.message, self._secrets())}"
        refused = isinstance(error, SMTPAuthenticationError)
        return f"{said}: set TOCSIN_SMTP_USER and TOCSIN_SMTP_PASSWORD" if refused else said

    def _secrets(self) -> tuple[str, ...]:
        return login(self._server.user or "", self._server.password or "")


class _Lost(Unavailable):
    """The mail was handed over, and no answer came."""


async def _go_ahead(smtp: aiosmtplib.SMTP) -> None:
    answer = await smtp.execute_command(b"DATA")
    if answer.code != GO_AHEAD:
        raise SMTPResponseException(answer.code, answer.message)


def _dotted(mail: EmailMessage) -> bytes:
    """As it is transmitted: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2"""
    return re.sub(rb"(?m)^\.", b"..", mail.as_bytes()) + b".\r\n"


def _usable(addresses: Iterable[str]) -> tuple[tuple[str, ...], tuple[_RefusedRecipient, ...]]:
    """Those that are addresses, each once; the rest with the reason. One that is mistyped must not keep the mail from
    the others."""
    wanted: dict[str, None] = {}
    unusable = []
    for text in addresses:
        try:
            address = Address(addr_spec=text.strip()).addr_spec
            address.encode("ascii")
        except (HeaderParseError, ValueError, IndexError):
            unusable.append(_RefusedRecipient(text, 553, "it is no address that every mail server understands"))
        else:
            wanted[address] = None
    return tuple(wanted), tuple(unusable)


def _said(refused: Iterable[_RefusedRecipient]) -> str:
    return "; ".join(refusal.said for refusal in refused)
