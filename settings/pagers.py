"""What rings people: each pager's settings, and the table of who is reached through which."""

import re
from collections.abc import Mapping
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from settings.delivery import MAIL_ADDRESS
from settings.secret import Secrets

TOPIC_NAME = re.compile(r"[-_A-Za-z0-9]{1,64}")
"""https://docs.ntfy.sh/publish/: what ntfy accepts."""

PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""https://www.twilio.com/docs/glossary/what-e164"""
APPRISE_ADDRESS = re.compile(r"[a-z0-9+.-]+://\S+")
WEB_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
WEBHOOK_KEY = re.compile(r"whsec_(?:[A-Za-z0-9+/]{4}){6,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

PAGERS = {"PagerDuty": "pagerduty_routing_keys", "ntfy": "ntfy_topics", "Opsgenie": "opsgenie_keys"}
"""Each pager, and the field that says whom it reaches. A person is rung by the first that knows them."""
WAY_FIELDS = {
    "pagerduty": "pagerduty_routing_keys",
    "opsgenie": "opsgenie_keys",
    "ntfy": "ntfy_topics",
    "slack": "slack_users",
    "email": "mail_addresses",
    "sms": "phone_numbers",
    "voice": "phone_numbers",
    "webhook": "webhook_urls",
    "apprise": "apprise_urls",
}
"""Each way to a person, and the field that has its addresses."""
WAY_CONNECTIONS = {
    "slack": "slack_token",
    "email": "smtp_url",
    "sms": "twilio_account",
    "voice": "twilio_calls_from",
    "webhook": "webhook_secret",
}
"""Each way that needs more than addresses, and the field that connects it."""
PAGING_WAYS = ("pagerduty", "ntfy", "opsgenie", "sms", "voice", "webhook", "apprise")
"""They are connected for nothing else. Slack and e-mail are for other things, too, and wake nobody."""
PAGER_VARIABLES = " or ".join(f"TOCSIN_{field.upper()}" for field in PAGERS.values())


class PagerSettings(BaseSettings):
    pagerduty_routing_keys: dict[str, SecretStr] = Field(
        {}, description='Events v2 integration key for each person: `{"on-call": "R0..."}` (JSON)'
    )
    pagerduty_events_url: str = Field("https://events.pagerduty.com", description="base address of the Events API v2")
    pagerduty_api_url: str = Field("https://api.pagerduty.com", description="base address of the REST API")
    pagerduty_api_token: SecretStr | None = Field(
        None, description="REST API token: look before sending again, write notes, match webhooks"
    )
    pagerduty_from: str | None = Field(None, description="e-mail of the PagerDuty user that notes are written as")
    pagerduty_users: dict[str, str] = Field(
        {},
        description="id of the PagerDuty user for whoever no pager rings otherwise: they are asked to help on an "
        'incident that stands open there, `{"vp-engineering": "P..."}` (JSON)',
    )
    pagerduty_priorities: dict[str, str] = Field(
        {"sev1": "P1", "sev2": "P2", "sev3": "P3", "sev4": "P4"},
        description="what PagerDuty calls our severities: priorities by name (JSON); `{}`: none is set there",
    )

    ntfy_topics: dict[str, SecretStr] = Field(
        {}, description='ntfy topic for each person whom PagerDuty does not ring: `{"on-call": "..."}` (JSON, secret)'
    )
    ntfy_url: str = Field("https://ntfy.sh", pattern=r"^https?://[^\s/]+(/\S*)?$", description="your ntfy server")
    ntfy_token: SecretStr | None = Field(None, description="access token there, which may publish and read")

    opsgenie_keys: dict[str, SecretStr] = Field(
        {}, description='key of an Opsgenie API integration for each person: `{"ann": "..."}` (JSON, secret)'
    )
    opsgenie_url: str = Field(
        "https://api.opsgenie.com",
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="base address of Opsgenie's Alert API, or that of Jira Service Management",
    )
    mail_addresses: dict[str, str] = Field(
        {},
        description="address for each person who is reached by e-mail, if it is another than the runbook's: "
        '`{"ann": "ann@example.com"}` (JSON)',
    )
    phone_numbers: dict[str, SecretStr] = Field(
        {},
        description='number of each person who gets text messages or calls: `{"ann": "+4915112345678"}` (JSON, secret)',
    )
    twilio_account: str | None = Field(
        None,
        pattern="^AC[0-9a-fA-F]{32}$",
        description="SID of your Twilio account, for text messages: `AC...`",
    )
    twilio_auth_tokens: Secrets = Field(
        (),
        description="auth token of that account, at the workers and every gateway: it signs what people reply (several "
        "while one is rotated; the first is used)",
    )
    twilio_from: str | None = Field(
        None,
        pattern=rf"^({PHONE_NUMBER.pattern}|MG[0-9a-fA-F]{{32}})$",
        description="your number there (`+1...`), or the SID of a messaging service (`MG...`)",
    )
    twilio_calls_from: str | None = Field(
        None, pattern=rf"^{PHONE_NUMBER.pattern}$", description="your number there that calls people: `+1...`"
    )
    twilio_url: str = Field(
        "https://api.twilio.com", pattern=r"^https?://[^\s/]+(/\S*)?$", description="base address of Twilio's REST API"
    )
    webhook_urls: dict[str, SecretStr] = Field(
        {}, description='address for each person who is reached by a webhook: `{"ann": "https://..."}` (JSON, secret)'
    )
    webhook_secret: SecretStr | None = Field(
        None, description="what signs those webhooks, as Standard Webhooks has it: `whsec_` and base64"
    )

    apprise_urls: dict[str, SecretStr] = Field(
        {},
        description="apprise address for each person who is reached by another service: "
        '`{"ann": "tgram://..."}` (JSON, secret)',
    )

    @field_validator("apprise_urls")
    @classmethod
    def _are_apprise_addresses(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if wrong := [person for person, url in value.items() if not APPRISE_ADDRESS.fullmatch(url.get_secret_value())]:
            raise ValueError(f"the address of {', '.join(wrong)} is none: write it as apprise does, tgram://...")
        return value

    @field_validator("webhook_urls")
    @classmethod
    def _are_addresses(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        wrong = [person for person, url in value.items() if not WEB_ADDRESS.fullmatch(url.get_secret_value())]
        if wrong:
            raise ValueError(f"the address of {', '.join(wrong)} is none: write it like https://example.com/hook")
        return value

    @field_validator("mail_addresses")
    @classmethod
    def _are_mail_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        if wrong := [person for person, address in value.items() if not MAIL_ADDRESS.fullmatch(address)]:
            raise ValueError(f"the address of {', '.join(wrong)} is none: write it like ann@example.com")
        return value

    @field_validator("phone_numbers")
    @classmethod
    def _are_numbers(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        wrong = [person for person, number in value.items() if not PHONE_NUMBER.fullmatch(number.get_secret_value())]
        if wrong:
            raise ValueError(f"the number of {', '.join(wrong)} is none: write it like +4915112345678, without spaces")
        return value

    @model_validator(mode="after")
    def _twilio_is_whole(self) -> Self:
        needed = {
            "TOCSIN_TWILIO_ACCOUNT": self.twilio_account,
            "TOCSIN_TWILIO_AUTH_TOKENS": self.twilio_auth_tokens,
            "TOCSIN_TWILIO_FROM": self.twilio_from,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing and len(missing) < len(needed):
            raise ValueError(f"these belong together: {', '.join(needed)}; set {' and '.join(missing)} as well")
        return self

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not WEBHOOK_KEY.fullmatch(value.get_secret_value()):
            raise ValueError('it is no key: write whsec_ and base64, `echo "whsec_$(openssl rand -base64 32)"`')
        return value

    @field_validator("ntfy_topics")
    @classmethod
    def _are_topics(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        wrong = [person for person, topic in value.items() if not TOPIC_NAME.fullmatch(topic.get_secret_value())]
        if wrong:
            raise ValueError(f"the topic of {', '.join(wrong)} is none: 1 to 64 of the letters A-Z, a-z, 0-9, - and _")
        return value

    @property
    def reached_by(self) -> Mapping[str, frozenset[str]]:
        """The people whom each pager reaches."""
        found = {name: frozenset(getattr(self, field)) for name, field in PAGERS.items()}
        if self.pagerduty_routing_keys and self.pagerduty_api_token and self.pagerduty_from:
            found["PagerDuty"] |= frozenset(self.pagerduty_helpers)
        return found

    @property
    def pagerduty_helpers(self) -> dict[str, str]:
        """Users there by whom nothing else rings."""
        rung = {*self.ntfy_topics, *self.opsgenie_keys}
        return {person: user for person, user in self.pagerduty_users.items() if person not in rung}

    @property
    def reached(self) -> frozenset[str]:
        """The people whom any pager reaches."""
        return frozenset[str]().union(*self.reached_by.values())

    @property
    def pager(self) -> bool:
        """Is there any? A way counts that only a runbook names."""
        return any(self.reached_by.values()) or any(map(self.connects, PAGING_WAYS))

    def connects(self, way: str) -> bool:
        """It has somebody's address, and what else it needs."""
        connection = WAY_CONNECTIONS.get(way)
        return bool(getattr(self, WAY_FIELDS[way])) and (connection is None or bool(getattr(self, connection)))

    @property
    def any_way(self) -> bool:
        """Does any way have an address for somebody?"""
        return any(getattr(self, field) for field in WAY_FIELDS.values())

    @property
    def any_pager(self) -> bool:
        """Has somebody begun to connect one?"""
        begun = [WAY_FIELDS[way] for way in PAGING_WAYS]
        begun += [WAY_CONNECTIONS[way] for way in PAGING_WAYS if way in WAY_CONNECTIONS]
        return any((self.pagerduty_api_token, self.ntfy_token, *(getattr(self, field) for field in begun)))
