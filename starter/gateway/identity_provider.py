"""Login by an identity provider: the code flow of OpenID Connect, with PKCE, state and nonce.

https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth and https://datatracker.ietf.org/doc/html/rfc9700
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus, urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Of a key pair alone: with `none` or HMAC anybody who knows the client's secret, or nothing, could sign."""
LEEWAY_S: Final = 60
PROVIDER_TIMEOUT_S: Final = 5.0
LONGEST_PROVIDER_ANSWER: Final = 1_000_000
_EMAIL_CLAIMS: Final = ("email", "email_verified", "xms_edov")
_OBJECT = TypeAdapter(dict[str, JsonValue])

log = structlog.get_logger()


class LoginFailed(Exception):
    """Nobody is let in; the message says why."""


class _Endpoints(BaseModel):
    """https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata"""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id_token: str
    access_token: str = ""


@dataclass(frozen=True)
class LoginBegun:
    """What the browser that began it brings back, and nobody else can."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """https://datatracker.ietf.org/doc/html/rfc7636#section-4.2"""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass
class IdentityProvider:
    """Every method raises LoginFailed."""

    issuer: str
    client_id: str
    client_secret: str
    """Empty: a public client, which PKCE alone proves."""
    scopes: str
    _endpoints: _Endpoints | None = None
    _keys: KeySet | None = None

    async def address(self, begun: LoginBegun, back: str) -> str:
        """Where to log in; from there the browser comes `back`."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            "scope": self.scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = (await self._found()).authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def claims(self, begun: LoginBegun, code: str, back: str) -> dict[str, JsonValue]:
        """What the provider says of whoever has logged in there; its own word alone, for this client and this login."""
        tokens = await self._redeem(begun, code, back)
        said = await self._proved(tokens.id_token, begun.nonce)
        return _together(said, await self._userinfo(tokens, said))

    async def _redeem(self, begun: LoginBegun, code: str, back: str) -> _Tokens:
        found = await self._found()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": begun.verifier,
            "client_id": self.client_id,
        }
        headers = {}
        if self.client_secret and "client_secret_basic" in found.token_endpoint_auth_methods_supported:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"  # RFC 6749, section 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            del form["client_id"]
        elif self.client_secret:
            form["client_secret"] = self.client_secret
        answer = await self._ask("POST", found.token_endpoint, headers, form)
        try:
            return _Tokens.model_validate(answer)
        except ValidationError:
            raise LoginFailed("the identity provider sent no ID token: ask it for the scope `openid`") from None

    async def _proved(self, id_token: str, nonce: str) -> dict[str, JsonValue]:
        try:
            try:
                token = jwt.decode(id_token, await self._known_keys(), algorithms=SIGNATURES)
            except InvalidKeyIdError:  # it has begun to sign with a new one
                self._keys = None
                token = jwt.decode(id_token, await self._known_keys(), algorithms=SIGNATURES)
            self._registry(nonce).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise LoginFailed(f"what the identity provider sent proves nothing: {error}") from None
        audience = token.claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in token.claims) and token.claims.get("azp") != self.client_id:
            raise LoginFailed("what the identity provider sent is meant for another client")
        return _OBJECT.validate_python(token.claims)

    def _registry(self, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    async def _userinfo(self, tokens: _Tokens, said: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Many say there what they leave out of the token. Who somebody is, the token has proved: where this cannot be
        read (it is on another host, or is signed and no JSON), only what it would have said is missing."""
        endpoint = (await self._found()).userinfo_endpoint
        if not endpoint or not tokens.access_token:
            return {}
        try:
            more = await self._ask("GET", endpoint, {"Authorization": f"Bearer {tokens.access_token}"})
        except LoginFailed as error:
            log.warning("the identity provider's userinfo is not known", endpoint=endpoint[:200], reason=str(error))
            return {}
        return more if more.get("sub") == said["sub"] else {}

    async def _known_keys(self) -> KeySet:
        if self._keys is None:
            answer = await self._ask("GET", (await self._found()).jwks_uri)
            self._keys = KeySet(list(_usable(answer.get("keys"))))
        return self._keys

    async def _found(self) -> _Endpoints:
        if self._endpoints is None:
            answer = await self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            try:
                found = _Endpoints.model_validate(answer)
            except ValidationError:
                raise LoginFailed("the identity provider does not say where to log in") from None
            if found.issuer != self.issuer:
                raise LoginFailed(f"the identity provider calls itself {found.issuer[:200]}, not TOCSIN_OIDC_ISSUER")
            self._endpoints = found
        return self._endpoints

    async def _ask(
        self, method: str, address: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
    ) -> dict[str, JsonValue]:
        if not address.startswith("https://") and not self.issuer.startswith("http://"):
            raise LoginFailed("the identity provider names an address that is not encrypted")
        try:
            async with httpx.AsyncClient(timeout=PROVIDER_TIMEOUT_S, follow_redirects=False) as http:
                answer = await http.request(method, address, headers=headers, data=form)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise LoginFailed(f"the identity provider cannot be reached: {type(error).__name__}") from None
        if not answer.is_success or len(answer.content) > LONGEST_PROVIDER_ANSWER:
            raise LoginFailed(f"the identity provider answered {answer.status_code}")
        try:
            return _OBJECT.validate_json(answer.content)
        except ValidationError:
            raise LoginFailed("the identity provider's answer is not understood") from None


def _together(token: dict[str, JsonValue], userinfo: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The token's word goes first. Whether an address is proved, is said by whoever names it: of another one the same
    word says nothing."""
    if "email" in token and token["email"] != userinfo.get("email"):
        userinfo = {name: said for name, said in userinfo.items() if name not in _EMAIL_CLAIMS}
    elif "email" not in token and "email" in userinfo:
        token = {name: said for name, said in token.items() if name not in _EMAIL_CLAIMS}
    return {**userinfo, **token}


def _usable(published: JsonValue) -> Iterator[Key]:
    """One that is of no use here, or of a kind that nobody knows, spoils no other."""
    for each in published if isinstance(published, list) else ():
        if not isinstance(each, dict) or each.get("use", "sig") != "sig":
            continue
        try:
            yield JWKRegistry.import_key({name: value for name, value in each.items() if isinstance(value, str)})
        except (JoseError, ValueError):
            continue
