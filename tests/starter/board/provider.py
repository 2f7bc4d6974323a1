"""A small identity provider on loopback, as strict as the standard: it signs with a real key, and checks PKCE."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from sandbox.serve import serving

CLIENT_ID, CLIENT_SECRET = "tocsin board", "s3cret/of:the board"


@dataclass
class ProviderUnderTest:
    """What it says of whoever logs in, and what it does wrong."""

    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "u1", "email": "ann@example.com"})
    wrong: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are not as they should be; None leaves one out."""
    header: dict[str, str] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    path: str = ""
    """Of its issuer, below its host."""
    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    signs_with: RSAKey | OctKey | None = None
    asked: dict[str, str] = field(default_factory=dict)
    """The last request for a login."""
    redeemed: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def endpoints(self) -> dict[str, Any]:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }
        return known | self.metadata

    def authorize(self, request: Request) -> Response:
        self.asked = dict(request.query_params)
        back, state = self.asked["redirect_uri"], self.asked["state"]
        if self.error:
            return RedirectResponse(f"{back}?error={self.error}&state={state}", 302)
        code = secrets.token_urlsafe(8)
        self.codes[code] = self.asked
        return RedirectResponse(f"{back}?code={code}&state={state}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.client(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        self.redeemed.append(form["code"])
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self.signed(asked["nonce"])})

    def client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, secret = base64.b64decode(pair).decode().partition(":")
            return unquote_plus(name), unquote_plus(secret)
        return form.get("client_id", ""), form.get("client_secret", "")

    def signed(self, nonce: str) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        said = {name: value for name, value in {**said, **self.wrong}.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid or "", **self.header}
        if header["alg"] == "none":
            parts = (base64.urlsafe_b64encode(str(each).replace("'", '"').encode()) for each in (header, said))
            return ".".join(part.decode().rstrip("=") for part in parts) + "."
        return jwt.encode(header, said, self.signs_with or self.key, algorithms=[header["alg"]])

    def keys(self) -> dict[str, Any]:
        encrypts = {"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB", "kid": "k0"}
        unknown = {"kty": "PQC", "kid": "k9"}
        return {"keys": [encrypts, unknown, self.key.as_dict(private=False)]}


@asynccontextmanager
async def identity_provider(under_test: ProviderUnderTest) -> AsyncIterator[None]:
    app, at = FastAPI(), under_test.path
    app.add_api_route(f"{at}/.well-known/openid-configuration", under_test.endpoints)
    app.add_api_route(f"{at}/authorize", under_test.authorize)
    app.add_api_route(f"{at}/token", under_test.token, methods=["POST"])
    app.add_api_route(f"{at}/keys", under_test.keys)
    app.add_api_route(f"{at}/userinfo", lambda: under_test.userinfo)
    async with serving(app) as url:
        under_test.url = url + at
        yield
