"""A real SMTP server on loopback that fails where a test wants it to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.activities.certificates import Certificate

Stage = Literal["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"]
Does = str | Literal["hangs up", "hangs"]
"""What happens at a stage: an answer such as `451 later`, or none."""
GREETING = "the tests' mail server"


@dataclass(frozen=True)
class Arrival:
    envelope_from: str
    envelope_to: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: Literal["plain", "html"]) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    port: int = 0
    does: dict[Stage, Does] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    """Per recipient, the answer to RCPT."""
    arrived: list[Arrival] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    handed_over: int = 0
    """How many mails came in whole, whatever was answered."""

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.handed_over += 1
        does = self.does.get("dot", "")
        if does in ("hangs up", ""):
            assert isinstance(envelope.content, bytes)
            self.arrived.append(Arrival(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        return does or "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == ("tocsin", "correct"), handled=False)


class _Failing(SMTP):
    """Does at each stage what the test says, instead of what a server does."""

    @property
    def _test(self) -> MailServer:
        server: MailServer = self.event_handler
        return server

    async def push(self, status: str | bytes) -> None:
        said = status.decode() if isinstance(status, bytes) else status
        if said.endswith(GREETING):
            said = self._test.does.get("greeting", said)
        if said == "hangs up":
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
        elif said != "hangs":
            await super().push(said)

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        await (self.push(self._test.does["EHLO"]) if "EHLO" in self._test.does else super().smtp_EHLO(arg))

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        await (self.push(self._test.does["EHLO"]) if "EHLO" in self._test.does else super().smtp_HELO(arg))

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        await (self.push(self._test.does["MAIL"]) if "MAIL" in self._test.does else super().smtp_MAIL(arg))

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        await (self.push(self._test.does["RCPT"]) if "RCPT" in self._test.does else super().smtp_RCPT(arg))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        await (self.push(self._test.does["DATA"]) if "DATA" in self._test.does else super().smtp_DATA(arg))


@contextlib.asynccontextmanager
async def mail_server(
    certificate: Certificate | None = None, *, tls: bool = False, login: bool = False
) -> AsyncIterator[MailServer]:
    """With a certificate: STARTTLS, or TLS from the start. `login`: nothing without the password."""
    server = MailServer()
    context = certificate.server_context() if certificate else None
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return _Failing(
            server, loop=loop, hostname="mail.example", ident=GREETING, tls_context=None if tls else context,
            require_starttls=context is not None and not tls, auth_required=login and not tls,
            auth_require_tls=context is not None and not tls, authenticator=server.authenticate if login else None,
        )  # fmt: skip

    listening = await loop.create_server(session, "127.0.0.1", 0, ssl=context if tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await asyncio.sleep(0)
