"""What the settings of e-mail, documents and Jira become, and what is refused of them."""

import pytest

from settings import Settings
from worker import adapters

MAIL = {"smtp_url": "smtps://mail.example.com", "mail_from": "Tocsin <incidents@example.com>"}


def settings(**fields: object) -> Settings:
    return Settings.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"smtp_url": "smtp://mail.example.com"}, "TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM belong together"),
        ({"mail_from": "incidents@example.com"}, "TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM belong together"),
        (MAIL | {"smtp_user": "tocsin"}, "TOCSIN_SMTP_USER and TOCSIN_SMTP_PASSWORD belong together"),
        (MAIL | {"mail_from": "Tocsin"}, "this is no address"),
        (MAIL | {"mail_from": "a@example.com\r\nBcc: b@example.com"}, "this is no address"),
        (MAIL | {"smtp_url": "mail.example.com:25"}, "should match pattern"),
        (MAIL | {"smtp_url": "smtp://user:hunter2@mail.example.com"}, "should match pattern"),
        ({"documents": "s3://"}, "should match pattern"),
        ({"documents": "https://bucket.example"}, "should match pattern"),
        ({"documents_key_id": "key"}, "TOCSIN_DOCUMENTS_KEY_ID and TOCSIN_DOCUMENTS_SECRET belong together"),
        ({"jira_url": "https://jira.example", "jira_project": "OPS"}, "set TOCSIN_JIRA_EMAIL and TOCSIN_JIRA_TOKEN"),
    ],
)
def test_what_is_half_set_or_no_address_is_refused(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        settings(**fields)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.com", ("mail.example.com", 465, "tls")),
        ("smtp://mail.example.com", ("mail.example.com", 587, "starttls")),
        ("smtp://mail.example.com:2587", ("mail.example.com", 2587, "starttls")),
        ("smtp+plain://127.0.0.1:1025", ("127.0.0.1", 1025, "none")),
    ],
)
def test_the_address_of_the_mail_server_says_how_it_is_secured(url: str, server: tuple[str, int, str]) -> None:
    made = adapters.server(settings(**MAIL | {"smtp_url": url, "smtp_user": "tocsin", "smtp_password": "hunter2"}))
    assert made is not None
    assert (made.host, made.port, made.security) == server
    assert (made.user, made.password) == ("tocsin", "hunter2")
    assert "hunter2" not in repr(made)


def test_without_a_mail_server_there_is_no_mail() -> None:
    assert adapters.server(settings()) is None


@pytest.mark.parametrize(
    ("documents", "address"),
    [
        (None, "/state/documents/i/d.md"),
        ("/srv/documents", "/srv/documents/i/d.md"),
        ("s3://shelf", "s3://shelf/i/d.md"),
        ("s3://shelf/incidents/2026/", "s3://shelf/incidents/2026/i/d.md"),
    ],
)
def test_where_documents_go(documents: str | None, address: str) -> None:
    assert adapters.store(settings(state_dir="/state", documents=documents)).address("i", "d.md") == address
