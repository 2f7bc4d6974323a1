"""Who may log in to the board by an identity provider (OpenID Connect), and what they may do then."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings

from settings.access import Scope

EVERYBODY = "*"
"""Whoever the provider lets log in."""
LoginRule = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class IdentitySettings(BaseSettings):
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d{1,5})?(/[^\s?#]*)?)$",
        description="your identity provider (OpenID Connect), as it calls itself: people log in to the board there",
    )
    oidc_client_id: str | None = Field(None, description="as which client the board is registered there")
    oidc_client_secret: SecretStr | None = Field(None, description="its secret; none for a public client")
    oidc_scopes: str = Field("openid email profile", description="what is asked for there; `openid` has to be in it")
    oidc_groups: str = Field("groups", description="the claim in which the provider lists somebody's groups")
    oidc_may: dict[LoginRule, Scope] = Field(
        {},
        description='who may do what: `{"sre": "respond", "ada@example.com": "admin", "*": "read"}` (JSON): groups, '
        "proved e-mail addresses, or `*` for all who can log in there. Nobody, what is not in it",
    )

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("TOCSIN_OIDC_ISSUER and TOCSIN_OIDC_CLIENT_ID belong together: set both or neither")
        if self.oidc_issuer and not self.oidc_may:
            raise ValueError("TOCSIN_OIDC_MAY says who may log in, and is empty: nobody could")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("TOCSIN_OIDC_SCOPES lacks `openid`: without it the provider does not say who somebody is")
        return self
