"""Who may use the HTTP API. Only hashes of the tokens are kept: whoever reads the settings cannot use them."""

import hashlib
import ipaddress
import re
import secrets
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from settings.secret import Secrets

Scope = Literal["read", "respond", "admin"]
SCOPES: Final = ("read", "respond", "admin")
"""Each may do what those before it may."""
_WRITTEN_TOKEN = re.compile(r"(?P<name>[^:]*):(?P<scope>[^:]*):(?P<sha256>[^:]*)")


class ApiToken(BaseModel):
    """A token that was handed out, as far as it is kept."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(pattern=r"^[\w.@-][\w .@-]{0,59}$")]
    """Whoever uses it: events are theirs."""
    scope: Scope
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @model_validator(mode="before")
    @classmethod
    def _written(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        found = _WRITTEN_TOKEN.fullmatch(given.strip())
        if found is None:
            raise ValueError("write each NAME:SCOPE:HASH, as `tocsin token add api` prints it")
        return found.groupdict()

    def __str__(self) -> str:
        return f"{self.name}:{self.scope}:{self.sha256}"


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AccessSettings(BaseSettings):
    url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="a gateway by whose HTTP API commands go: they then need nothing of Temporal",
    )
    token: SecretStr | None = Field(None, description="your token there: `tocsin token add api` makes one")
    trusted_proxies: tuple[Network, ...] = Field(
        (), description="addresses or networks of your reverse proxies, whose `X-Forwarded-For` is believed (several)"
    )
    api_tokens: tuple[ApiToken, ...] = Field(
        (), description="who may use the HTTP API: `NAME:SCOPE:HASH`, as `tocsin token add api` prints it (several)"
    )
    private_to: tuple[str, ...] = Field(
        (), description="names of tokens that see private incidents; left out: every one that may respond (several)"
    )
    public_by: tuple[str, ...] = Field(
        (),
        description="names of tokens that let words out to the public; left out: every one that may respond (several)",
    )
    board_secrets: Secrets = Field(
        (),
        description="what signs the board's sessions: any long words, the same at every gateway (several, while one "
        "is rotated); without it sessions end with their gateway's process",
    )
    gateway_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/\S*)?)?$",
        description="address at which people's phones reach the gateway: pages and cards then link to the board, and "
        "with `TOCSIN_ANSWER_SECRETS` each page carries a link that acknowledges it",
    )
    answer_secrets: Secrets = Field(
        (),
        description="what signs those links: any long words, the same at the workers and every gateway (several, while "
        "one is rotated: the first signs)",
    )
    user_header: str = Field(
        "",
        pattern="^[A-Za-z0-9-]*$",
        description="header in which a proxy of `TOCSIN_TRUSTED_PROXIES` says who is logged in to the board",
    )
    user_scope: Scope = Field("read", description="what those may do: `read`, `respond` or `admin`")

    @property
    def answer_keys(self) -> tuple[str, ...]:
        return tuple(secret.get_secret_value() for secret in self.answer_secrets)

    @property
    def board_keys(self) -> tuple[str, ...]:
        return tuple(secret.get_secret_value() for secret in self.board_secrets)


def hashed(token: str) -> str:
    """Without salt: a token is as long as the hash, and nobody can guess it."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token() -> str:
    return f"tocsin_{secrets.token_urlsafe(32)}"
