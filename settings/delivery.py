"""How messages, updates of the status page, e-mail, documents and tickets leave. What is not set is done by people."""

import re
from email.utils import parseaddr
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from settings.secret import Secrets

MAIL_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

AT_THE_GATEWAY = "gateway"
"""Of the status page: it is no file, and the gateway shows it."""


class DeliverySettings(BaseSettings):
    """Of each way all or nothing: half of one would be found out in an incident."""

    slack_token: SecretStr | None = Field(None, description="bot token of your Slack app (`xoxb-...`)")
    slack_url: str = Field("https://slack.com/api/", description="base address of Slack's Web API")
    slack_users: dict[str, str] = Field({}, description='who is who in Slack: `{"on-call": "U0123ABC"}` (JSON)')
    slack_signing_secret: Secrets = Field(
        (), description="signing secret of your Slack app, for `/webhooks/slack` (several while rotating)"
    )
    slack_app_token: SecretStr | None = Field(
        None, description="app-level token (`xapp-...`): presses then come by Socket Mode, without a public address"
    )
    slack_team: str | None = Field(
        None,
        pattern=r"^[TE][A-Z0-9]{1,30}$",
        description="id of your workspace; if unset, that of `TOCSIN_SLACK_TOKEN`",
    )
    slack_command: str = Field(
        "/incident", pattern=r"^/[a-z0-9_-]{1,31}$", description="the command that your Slack app has registered"
    )
    slack_may: dict[str, tuple[str, ...]] = Field(
        {},
        description='who may do what from Slack: `{"resolve": ["@incident-leads", "ada"]}` (JSON); everybody, '
        "what is not in it",
    )

    calendars: dict[str, SecretStr] = Field(
        {},
        description="addresses of calendars that say who is on call, by the names that runbooks use: "
        '`{"ops": "https://..."}` (JSON, secret)',
    )

    statuspage_token: SecretStr | None = Field(None, description="Statuspage API key")
    statuspage_page: str | None = Field(None, description="Statuspage page id")
    statuspage_url: str = Field("https://api.statuspage.io/v1", description="base address of the Statuspage API")

    public_page: str | None = Field(
        None,
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|[^:]+)$",
        description="where Tocsin's own status page goes, if you have no Statuspage: a folder, `s3://BUCKET/PREFIX` "
        "(with the keys of `TOCSIN_DOCUMENTS_...`), or `gateway`: then it is at `/status` there",
    )
    public_page_name: str = Field("Status", min_length=1, max_length=100, description="whose status page that is")
    public_page_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+(/\S*)?$", description="its address for the public, for links in its feed"
    )

    smtp_url: str | None = Field(
        None,
        pattern=r"^(smtps|smtp|smtp\+plain)://[A-Za-z0-9.-]+(:\d{1,5})?/?$",
        description="mail server: `smtps://HOST:PORT` (TLS), `smtp://HOST:PORT` (STARTTLS), `smtp+plain://HOST:PORT`",
    )
    smtp_user: str | None = Field(None, description="login at the mail server")
    smtp_password: SecretStr | None = Field(None, description="password of that login")
    mail_from: str | None = Field(None, description="sender of all mails: `Tocsin <incidents@example.com>`")

    documents: str | None = Field(
        None,
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|[^:]+)$",
        description="where documents go: a folder, or `s3://BUCKET/PREFIX`; `documents` in the state folder if unset",
    )
    documents_url: str | None = Field(None, description="base address of an S3-compatible service; AWS if unset")
    documents_key_id: str | None = Field(None, description="access key id there; boto's usual sources if unset")
    documents_secret: SecretStr | None = Field(None, description="secret access key there")

    jira_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+/?.*$", description="your Jira: `https://example.atlassian.net`"
    )
    jira_email: str | None = Field(None, description="e-mail of the Jira user who files the tickets")
    jira_token: SecretStr | None = Field(None, description="API token of that user")
    jira_project: str | None = Field(None, description="key of the project that tickets are filed in: `OPS`")
    jira_issue_type: str = Field("Task", description="type of the tickets that are filed")
    jira_webhook_secrets: Secrets = Field(
        (), description="secrets of the Jira webhook (several while rotating: commas between, or a JSON list)"
    )

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not (value.isprintable() and MAIL_ADDRESS.fullmatch(parseaddr(value)[1])):
            raise ValueError("this is no address: write `Tocsin <incidents@example.com>`")
        return value

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        if (self.slack_signing_secret or self.slack_app_token) and self.slack_token is None:
            raise ValueError("what people press in Slack is answered with TOCSIN_SLACK_TOKEN: set it as well")
        return self

    @model_validator(mode="after")
    def _statuspage_is_whole(self) -> Self:
        if (self.statuspage_token is None) != (self.statuspage_page is None):
            raise ValueError("TOCSIN_STATUSPAGE_TOKEN and TOCSIN_STATUSPAGE_PAGE belong together: set both or neither")
        if self.statuspage_token and self.public_page:
            raise ValueError("there is one status page: set TOCSIN_STATUSPAGE_TOKEN or TOCSIN_PUBLIC_PAGE, not both")
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if (self.smtp_url is None) != (self.mail_from is None):
            raise ValueError("TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM belong together: set both or neither")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("TOCSIN_SMTP_USER and TOCSIN_SMTP_PASSWORD belong together: set both or neither")
        return self

    @model_validator(mode="after")
    def _documents_are_whole(self) -> Self:
        if (self.documents_key_id is None) != (self.documents_secret is None):
            raise ValueError("TOCSIN_DOCUMENTS_KEY_ID and TOCSIN_DOCUMENTS_SECRET belong together: set both or neither")
        return self

    @model_validator(mode="after")
    def _jira_is_whole(self) -> Self:
        needed = {
            "TOCSIN_JIRA_URL": self.jira_url,
            "TOCSIN_JIRA_EMAIL": self.jira_email,
            "TOCSIN_JIRA_TOKEN": self.jira_token,
            "TOCSIN_JIRA_PROJECT": self.jira_project,
        }
        missing = [name for name, value in needed.items() if value is None]
        if missing and len(missing) < len(needed):
            raise ValueError(f"these belong together: {', '.join(needed)}; set {' and '.join(missing)} as well")
        return self

    @property
    def any_delivery(self) -> bool:
        """Is any of these vendors connected?"""
        in_a_bucket = (self.public_page or "").startswith("s3://")  # for customers: no drill belongs there
        return any((self.slack_token, self.statuspage_token, in_a_bucket, self.smtp_url, self.jira_url))
