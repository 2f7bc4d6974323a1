"""A mail server on loopback that takes everything and shows it: https://aiosmtpd.aio-libs.org/"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

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
        self.mails.append(
            ReceivedMail(
                message_id=str(mail["Message-ID"]),
                sender=str(mail["From"]),
                to=str(mail["To"]),
                recipients=tuple(envelope.rcpt_tos),
                subject=str(mail["Subject"]),
                text=_text(mail),
                at=datetime.now(UTC),
            )
        )
        return "250 taken"


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n") if part else ""
