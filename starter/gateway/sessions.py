"""Who has logged in with a browser: a signed cookie that says which token it was, and one-time links that lead there.

The cookie holds no token and no right. What its token may do is looked up each time: take a token out of the settings,
and its sessions end with it.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from settings.access import ApiToken

SESSION_COOKIE: Final = "tocsin_session"
SESSION_LASTS: Final = timedelta(hours=12)
LINK_LASTS: Final = timedelta(hours=1)
MOST_LINKS: Final = 100
_HASH_LETTERS: Final = 32
_LONGEST_COOKIE: Final = 1000


@dataclass(frozen=True)
class Session:
    token: ApiToken
    nonce: str
    """Of this session alone: its forms carry what is made of it."""


@dataclass
class Sessions:
    tokens: Sequence[ApiToken]
    keys: tuple[bytes, ...]
    """The first signs; all are believed, while one is rotated."""
    _links: dict[str, tuple[ApiToken, datetime]] = field(default_factory=dict)
    """By the hash of what stands in the link, and until when."""

    @classmethod
    def of(cls, tokens: Sequence[ApiToken], keys: Iterable[str]) -> "Sessions":
        """Without a key of the settings, sessions end with this process."""
        return cls(tokens, tuple(key.encode() for key in keys) or (secrets.token_bytes(32),))

    def begin(self, token: ApiToken, now: datetime) -> str:
        """The cookie's value."""
        said = {"k": token.sha256[:_HASH_LETTERS], "t": int(now.timestamp()), "n": secrets.token_urlsafe(12)}
        body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        return f"{body}.{_signed(self.keys[0], 'session', body)}"

    def read(self, cookie: str, now: datetime) -> Session | None:
        body, _, signature = cookie[:_LONGEST_COOKIE].partition(".")
        if not any(_same(signature, _signed(key, "session", body)) for key in self.keys):
            return None
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if not timedelta() <= timedelta(seconds=now.timestamp() - said["t"] + 1) < SESSION_LASTS:
            return None
        token = next((each for each in self.tokens if each.sha256[:_HASH_LETTERS] == said["k"]), None)
        return Session(token, said["n"]) if token else None

    def form_token(self, whose: str) -> str:
        """What a form of ours carries, and no other page can know."""
        return _signed(self.keys[0], "form", whose)

    def new_link(self, token: ApiToken, now: datetime) -> tuple[str, datetime]:
        """What stands in the link, and until when it leads in. The oldest give way."""
        code, until = secrets.token_urlsafe(24), now + LINK_LASTS
        while len(self._links) >= MOST_LINKS:
            del self._links[next(iter(self._links))]
        self._links[_hashed(code)] = token, until
        return code, until

    def use_link(self, code: str, now: datetime) -> ApiToken | None:
        """It leads in once."""
        token, until = self._links.pop(_hashed(code), (None, now))
        return token if token in self.tokens and now < until else None


def _signed(key: bytes, use: str, said: str) -> str:
    return hmac.new(key, f"{use}:{said}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def _same(presented: str, expected: str) -> bool:
    return hmac.compare_digest(presented.encode(errors="surrogatepass"), expected.encode())


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()
