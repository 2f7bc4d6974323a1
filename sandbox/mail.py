"""A mail server on loopback that takes everything and shows it: https://aiosmtpd.aio-libs.org/"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Faults
from sandbox.wire import WireLog

MAILS_KEPT = 500


@dataclass(frozen=True)
class ReceivedMail:
    """As its recipients see it, and who they are, which they do not see."""

    message_id: str
    sender: str
    to: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    at: datetime


class Mailbox:
    """Everybody's."""

    def __init__(self) -> None:
        self.wire, self.faults = WireLog(), Faults()
        self.mails: deque[ReceivedMail] = deque(maxlen=MAILS_KEPT)

    def reset(self) -> None:
        self.mails.clear()

    @contextlib.asynccontextmanager
    async def taking(self, host: str, port: int) -> AsyncIterator[str]:
        """Mails, for the length of the block. Yields the address; port 0: a free one.

        Raises OSError if the port is taken.
        """
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: SMTP(self, loop=loop, hostname="sandbox"), host, port)
        except OSError as error:
            error.filename = f"{host}:{port}"
            raise
        try:
            yield f"smtp+plain://{host}:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 (aiosmtpd's)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if not mail["Message-ID"] or not mail["From"]:
            return "554 a mail has a sender and a Message-ID"
        received = ReceivedMail(
            message_id=str(mail["Message-ID"]),
            sender=str(mail["From"]),
            to=str(mail["To"]),
            recipients=tuple(envelope.rcpt_tos),
            subject=str(mail["Subject"]),
            text=_text(mail),
            at=datetime.now(UTC),
        )
        return await self._meet(received, server)

    async def _meet(self, mail: ReceivedMail, server: SMTP) -> str:
        """Its fault, if there is one. Every answer is one to the whole mail."""
        path, said = f"/mail/{','.join(mail.recipients)}", f"{mail.subject}\n{mail.text}"
        body = json.dumps({"subject": mail.subject, "text": mail.text}).encode()
        entry = self.wire.record("mail", "DATA", path, "", body)
        fault = self.faults.take("mail", path, said)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.status is not None:
                entry.answered = 451 if is_passing(fault.status) else 554
                return f"{entry.answered} {fault.error or 'no'}"
        if fault is None or fault.drop != "before":
            self.mails.append(mail)
        if fault is not None and fault.drop:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        entry.answered = 250
        return "250 taken"


def is_passing(status: int) -> bool:
    """What HTTP calls by this number may work later."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n") if part else ""
