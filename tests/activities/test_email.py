"""E-mail over a real server: what arrives, whom a failure costs what, and that nobody gets a mail twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email.headerregistry import Address
from pathlib import Path

import pytest

from activities import email
from activities.email import Mailer, Security, SmtpServer
from activities.errors import Rejected, Unavailable
from tests.activities import sends
from tests.activities.certificates import self_signed
from tests.activities.mail_server import Does, MailServer, Stage, mail_server
from workflows.policy.effects.effects import Email, Send

SENDER = Address("Tocsin", addr_spec="incidents@example.com")
ALL = ("ann@example.com", "ben@example.org")


def mail(*addresses: str, **fields: object) -> Send:
    effect = Email(to="customers", name="Our customers", addresses=addresses or ALL, template="email")
    return sends.send(effect, **fields)


def mailer(
    server: MailServer, security: Security = "none", user: str | None = None, password: str | None = None
) -> Mailer:
    host = "127.0.0.1" if security == "none" else "localhost"
    return Mailer(SmtpServer(host, server.port, security, user, password), SENDER)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


async def test_everybody_gets_one_mail_and_sees_nobody_else(server: MailServer) -> None:
    receipt = await mailer(server).send_email(mail())
    (arrival,) = server.arrived
    assert (arrival.envelope_from, arrival.envelope_to) == ("incidents@example.com", ALL)
    assert arrival.mail["To"] == "Our customers:;"
    assert arrival.mail["Cc"] is arrival.mail["Bcc"] is None
    assert not any(address.encode() in arrival.content for address in ALL)
    assert (receipt.reference, receipt.note, receipt.warns) == (arrival.mail["Message-ID"], None, False)


async def test_a_mail_to_one_names_its_recipient(server: MailServer) -> None:
    await mailer(server).send_email(mail("ann@example.com"))
    assert server.arrived[0].mail["To"] == "ann@example.com"


async def test_a_mail_says_what_it_is(server: MailServer) -> None:
    await mailer(server).send_email(
        mail(subject="Störung im Checkout", text="Since 02:04.\nSee https://status.example.")
    )
    (arrival,) = server.arrived
    assert arrival.mail["From"] == "Tocsin <incidents@example.com>"
    assert arrival.mail["Subject"] == "Störung im Checkout"
    assert arrival.mail["Auto-Submitted"] == "auto-generated"
    assert arrival.mail["Date"].datetime.tzinfo is not None
    assert arrival.part("plain") == "Since 02:04.\nSee https://status.example.\n"
    assert '<p>Since 02:04.<br>\nSee <a href="https://status.example">https://status.example</a>.</p>' in arrival.part(
        "html"
    )


async def test_the_same_effect_is_the_same_mail_and_another_one_is_in_its_conversation(server: MailServer) -> None:
    for key in ("duty/mail/1", "duty/mail/1", "duty/mail/2"):
        await mailer(server).send_email(mail(vendor_key=f"wf/{sends.INCIDENT}/{key}"))
    first, again, later = (arrival.mail for arrival in server.arrived)
    assert first["Message-ID"] == again["Message-ID"] != later["Message-ID"]
    assert first["References"] == first["In-Reply-To"] == later["References"] == later["In-Reply-To"]
    assert first["References"] not in (first["Message-ID"], later["Message-ID"])


BEFORE_THE_DOT: list[tuple[Stage, Does, type[Exception], str]] = [
    (stage, answer, failure, words)
    for stage in ("greeting", "EHLO", "MAIL", "RCPT", "DATA")
    for answer, failure, words in (
        ("421 come back", Unavailable, "come back"),
        ("451 greylisted", Unavailable, "greylisted"),
        ("554 go away", Rejected, "go away"),
        ("hangs up", Unavailable, "could not be reached"),
        ("hangs", Unavailable, "could not be reached"),
    )
]


@pytest.mark.parametrize(("stage", "does", "failure", "words"), BEFORE_THE_DOT)
async def test_before_the_dot_nothing_was_sent_and_the_next_attempt_sends_it(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, stage: Stage, does: Does, failure: type[Exception], words: str
) -> None:
    monkeypatch.setattr(email, "SMTP_TIMEOUT_S", 0.2)
    server.does[stage] = does
    with pytest.raises(failure, match=words):
        await mailer(server).send_email(mail())
    assert server.handed_over == 0
    server.does.clear()
    await mailer(server).send_email(mail())
    assert len(server.arrived) == 1


@pytest.mark.parametrize(
    ("does", "failure"), [("451 try again", Unavailable), ("452 full", Unavailable), ("554 looks like spam", Rejected)]
)
async def test_a_mail_that_is_refused_as_a_whole_has_not_arrived(
    server: MailServer, does: Does, failure: type[Exception]
) -> None:
    server.does["dot"] = does
    with pytest.raises(failure, match=does.replace(" ", ": ", 1)):
        await mailer(server).send_email(mail())
    assert server.arrived == []


@pytest.mark.parametrize("does", ["hangs up", "hangs"])
async def test_after_the_dot_a_lost_answer_is_no_reason_to_send_it_again(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, does: Does
) -> None:
    monkeypatch.setattr(email, "FINAL", 0.2)
    server.does["dot"] = does
    receipt = await mailer(server).send_email(mail())
    assert receipt.note == "the server's answer was lost: it may or may not have arrived, and is not sent again"
    assert receipt.warns
    assert server.handed_over == 1


async def test_a_worker_that_ends_while_the_answer_is_out_knows_that_it_was_sent(server: MailServer) -> None:
    server.does["dot"] = "hangs"
    sending = asyncio.create_task(mailer(server).send_email(mail()))
    while not server.handed_over:
        await asyncio.sleep(0.01)
    sending.cancel()
    assert (await sending).warns


async def test_a_worker_that_ends_before_that_has_sent_nothing(server: MailServer) -> None:
    server.does["DATA"] = "hangs"
    sending = asyncio.create_task(mailer(server).send_email(mail()))
    await asyncio.sleep(0.1)
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
    assert sending.cancelled()


class TestRecipients:
    async def test_those_that_are_refused_are_named_and_the_others_get_it(self, server: MailServer) -> None:
        server.refuses["ben@example.org"] = "550 no such user"
        receipt = await mailer(server).send_email(mail())
        assert server.arrived[0].envelope_to == ("ann@example.com",)
        assert receipt.note == "not accepted for ben@example.org: the mail server answered 550: no such user"
        assert receipt.warns

    async def test_one_that_is_to_come_later_does_not_keep_it_from_the_others(self, server: MailServer) -> None:
        server.refuses["ben@example.org"] = "450 greylisted"
        receipt = await mailer(server).send_email(mail())
        assert server.arrived[0].envelope_to == ("ann@example.com",)
        assert "450: greylisted" in (receipt.note or "")

    async def test_when_all_are_refused_one_greylisting_is_enough_to_try_again(self, server: MailServer) -> None:
        server.refuses = {"ann@example.com": "550 no such user", "ben@example.org": "450 greylisted"}
        with pytest.raises(Unavailable) as later:
            await mailer(server).send_email(mail())
        assert later.value.retry_after == email.GREYLIST_PAUSE
        server.refuses["ben@example.org"] = "550 unknown"
        with pytest.raises(Rejected, match=r"ann@example.com.*no such user; ben@example.org.*unknown"):
            await mailer(server).send_email(mail())

    @pytest.mark.parametrize(
        "address",
        ["nobody", "a@b@c", "", "a@exa mple.com", "x@example.com\r\nRCPT TO:<eve@example.net>", "ä@example.com", "<>"],
    )
    async def test_what_is_no_address_does_not_keep_it_from_the_others(self, server: MailServer, address: str) -> None:
        receipt = await mailer(server).send_email(mail(address, "ann@example.com"))
        assert server.arrived[0].envelope_to == ("ann@example.com",)
        assert "it is no address" in (receipt.note or "")
        with pytest.raises(Rejected, match="nobody to send it to"):
            await mailer(server).send_email(mail(address))

    async def test_an_audience_of_nobody_is_rejected(self, server: MailServer) -> None:
        send = sends.send(Email(to="customers", template="email"))
        with pytest.raises(Rejected, match="the audience has no addresses"):
            await mailer(server).send_email(send)


HOSTILE = {
    "a header": "Checkout\r\nBcc: eve@example.net\n\n<b>",
    "a header after an old line end": "Checkout\rBcc: eve@example.net",
    "an encoded word": "=?utf-8?q?=0D=0ABcc:_eve@example.net?=",
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)',
    "a link out of its attribute": "https://x.example/\"onclick='alert(1)'",
    "a dot alone": "first\n.\nQUIT\n..\nlast",
    "Markdown": "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "a template": "{{ 7 * 7 }} {} %s",
    "every alphabet": "zażółć 検索 خطأ 👩‍🚒 e\u0301",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_nothing_in_a_text_is_anything_but_text(server: MailServer, text: str) -> None:
    await mailer(server).send_email(mail(text=text, subject=text))
    (arrival,) = server.arrived
    assert arrival.mail["Subject"] == " ".join(text.split()).replace("=?", "= ?")
    assert arrival.part("plain").rstrip("\n") == text.replace("\r", "").rstrip("\n")
    assert arrival.mail["Bcc"] is None
    assert arrival.envelope_to == ALL
    html = arrival.part("html").partition("<div")[2]
    assert not any(tag in html for tag in ("<script", "<b>", "<img", 'onmouseover="', '"onclick'))


async def test_what_cannot_be_seen_does_not_arrive(server: MailServer) -> None:
    text = "\x00\x1b[31mre\x08d\u202e \u2066abc\u2069\ud800\x7f\x9b"
    await mailer(server).send_email(mail(text=text, subject=text))
    assert server.arrived[0].part("plain") == "[31mred abc\n"
    assert server.arrived[0].mail["Subject"] == "[31mred abc"


async def test_a_very_long_text_is_cut_and_no_text_at_all_is_sent(server: MailServer) -> None:
    await mailer(server).send_email(mail(text="disk full 🔥 " * 100_000, subject="x" * 10_000))
    await mailer(server).send_email(mail(text="", subject=""))
    long, empty = server.arrived
    assert long.part("plain").endswith("…\n")
    assert len(long.mail["Subject"]) == 200
    assert empty.mail["Subject"] == f"Incident {sends.INCIDENT}"


class TestSecurity:
    @pytest.mark.parametrize(("security", "tls"), [("starttls", False), ("tls", True)])
    async def test_it_is_encrypted_and_logged_in(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Security, tls: bool
    ) -> None:
        certificate = self_signed(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        async with mail_server(certificate, tls=tls, login=True) as server:
            await mailer(server, security, "tocsin", "correct").send_email(mail())
            assert server.logins == [("tocsin", "correct")]
            assert len(server.arrived) == 1

    async def test_a_wrong_password_is_rejected_and_not_repeated_in_the_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        certificate = self_signed(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        async with mail_server(certificate, login=True) as server:
            with pytest.raises(Rejected, match="535") as failure:
                await mailer(server, "starttls", "tocsin", "hunter2").send_email(mail())
            assert "hunter2" not in str(failure.value)

    async def test_no_password_goes_out_where_starttls_is_not_offered(self, server: MailServer) -> None:
        with pytest.raises(Rejected, match="cannot do what TOCSIN_SMTP_URL asks for"):
            await mailer(server, "starttls", "tocsin", "correct").send_email(mail())
        assert server.logins == []

    @pytest.mark.parametrize(("security", "tls"), [("starttls", False), ("tls", True)])
    async def test_a_certificate_of_nobody_is_rejected(self, tmp_path: Path, security: Security, tls: bool) -> None:
        async with mail_server(self_signed(tmp_path), tls=tls) as server:
            with pytest.raises(Rejected, match="certificate is not good: self-signed certificate"):
                await mailer(server, security).send_email(mail())


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="could not be reached"):
        await mailer(MailServer(port=1)).send_email(mail())
