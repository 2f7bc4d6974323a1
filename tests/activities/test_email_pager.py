"""A page as a mail: whom it goes to, what it carries, and when it is sent again."""

from dataclasses import replace

import pytest

from activities.email import Mailer, SmtpServer
from activities.email_pager import EmailPager
from activities.errors import Rejected, Unavailable
from tests.activities.mail_server import MailServer, mail_server
from tests.activities.ways import LINK, MAIL_SENDER, page


def pager(server: MailServer, **addresses: str) -> EmailPager:
    return EmailPager(Mailer(SmtpServer("127.0.0.1", server.port, "none"), MAIL_SENDER), addresses)


async def test_the_address_of_the_settings_goes_before_that_of_the_runbook() -> None:
    async with mail_server() as server:
        known = {"ann": "ann@example.com", "ben": "ben@example.com"}
        ways = pager(server, ann="ann@home.example")
        for person in known:
            send = page("email", to=person, addresses={person: known[person]}, vendor_key=f"incident-1/k7/{person}")
            await ways.page(send, False)
        assert [arrival.envelope_to for arrival in server.arrived] == [("ann@home.example",), ("ben@example.com",)]


async def test_it_carries_the_link_once_and_the_words_of_the_page() -> None:
    async with mail_server() as server:
        await pager(server, **{"on-call": "ann@example.com"}).page(page("email"), False)
        said = server.arrived[0].part("plain")
        assert said.count(LINK) == 1
        assert said.startswith("checkout is down since 02:04\n\nAcknowledge: ")


async def test_what_may_have_arrived_is_sent_again_as_the_same_mail() -> None:
    async with mail_server() as server:
        ways, send = pager(server, **{"on-call": "ann@example.com"}), page("email")
        server.does["dot"] = "hangs up"
        with pytest.raises(Unavailable):
            await ways.page(send, False)
        del server.does["dot"]
        await ways.page(send, True)
        first, second = (arrival.mail["Message-ID"] for arrival in server.arrived)
        assert first == second


async def test_a_page_does_not_wait_a_minute_for_greylisting() -> None:
    async with mail_server() as server:
        server.does["RCPT"] = "451 greylisted"
        with pytest.raises(Unavailable, match="greylisted") as failure:
            await pager(server, **{"on-call": "ann@example.com"}).page(page("email"), False)
        assert failure.value.retry_after is None


async def test_no_password_of_the_server_is_in_what_it_says() -> None:
    async with mail_server() as server:
        wrong = replace(SmtpServer("127.0.0.1", server.port, "none"), user="tocsin", password="s3cret")
        with pytest.raises(Rejected) as failure:
            await EmailPager(Mailer(wrong, MAIL_SENDER), {"on-call": "ann@example.com"}).page(page("email"), False)
        assert "s3cret" not in str(failure.value)
