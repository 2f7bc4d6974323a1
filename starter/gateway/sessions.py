"""Who has logged in with a browser: a signed cookie that says by which token, or by which rule for those whom an
identity provider knows; and one-time links that lead there.

The cookie holds no token and no right. What its token or rule allows is looked up each time: take it out of the
settings, and its sessions end with it. Which sessions were ended by a logout, this process remembers for as long as
they would have lasted (ADR 40).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from settings.access import ApiToken, Scope

SESSION_COOKIE: Final = "tocsin_session"
SESSION_LASTS: Final = timedelta(hours=12)
LINK_LASTS: Final = timedelta(hours=1)
MOST_LINKS: Final = 100
MOST_ENDED: Final = 10_000
_HASH_LETTERS: Final = 32
_LONGEST_COOKIE: Final = 3000


@dataclass(frozen=True)
class Session:
    name: str
    """Whose it is."""
    scope: Scope
    """As it is now."""
    nonce: str
    """Of this session alone: its forms carry what is made of it."""


@dataclass
class Sessions:
    tokens: Sequence[ApiToken]
    keys: tuple[bytes, ...]
    """The first signs; all are believed, while one is rotated."""
    rules: Mapping[str, Scope] = field(default_factory=dict)
    """By which those are let in whom an identity provider knows."""
    _links: dict[str, tuple[ApiToken, datetime]] = field(default_factory=dict)
    """By the hash of what stands in the link, and until when."""
    _ended: dict[str, datetime] = field(default_factory=dict)
    """Nonces of sessions that somebody logged out of, and when; the oldest first."""

    @classmethod
    def of(
        cls, tokens: Sequence[ApiToken], keys: Iterable[str], rules: Mapping[str, Scope] | None = None
    ) -> "Sessions":
        """Without a key of the settings, sessions end with this process."""
        return cls(tokens, tuple(key.encode() for key in keys) or (secrets.token_bytes(32),), rules or {})

    def begin(self, token: ApiToken, now: datetime) -> str:
        """The cookie's value."""
        return self.seal("session", {"k": token.sha256[:_HASH_LETTERS], "n": secrets.token_urlsafe(12)}, now)

    def begin_as(self, name: str, rule: str, now: datetime) -> str:
        """The same for those who have no token: by which rule they were let in."""
        return self.seal("session", {"o": name, "m": rule, "n": secrets.token_urlsafe(12)}, now)

    def read(self, cookie: str, now: datetime) -> Session | None:
        said = self.unseal("session", cookie, now, SESSION_LASTS)
        if said is None or said["n"] in self._ended:
            return None
        if "m" in said:
            scope = self.rules.get(said["m"])
            return Session(said["o"], scope, said["n"]) if scope else None
        token = next((each for each in self.tokens if each.sha256[:_HASH_LETTERS] == said["k"]), None)
        return Session(token.name, token.scope, said["n"]) if token else None

    def end(self, session: Session, now: datetime) -> None:
        """Whoever kept the cookie is not let in with it any more."""
        while self._ended and (
            len(self._ended) >= MOST_ENDED or now - next(iter(self._ended.values())) > SESSION_LASTS
        ):
            del self._ended[next(iter(self._ended))]
        self._ended[session.nonce] = now

    def seal(self, use: str, said: Mapping[str, str], now: datetime) -> str:
        """Nobody else can make it; whoever has it can read it."""
        written = json.dumps({**said, "t": int(now.timestamp())}).encode()
        body = base64.urlsafe_b64encode(written).decode().rstrip("=")
        return f"{body}.{_signed(self.keys[0], use, body)}"

    def unseal(self, use: str, cookie: str, now: datetime, lasts: timedelta) -> dict[str, str] | None:
        """What was sealed for that use, within that time."""
        body, _, signature = cookie[:_LONGEST_COOKIE].partition(".")
        if not any(_same(signature, _signed(key, use, body)) for key in self.keys):
            return None
        said: dict[str, str] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        begun = datetime.fromtimestamp(int(said["t"]), UTC)
        return said if timedelta() <= now - begun + timedelta(seconds=1) < lasts else None

    def form_tokens(self, whose: str) -> tuple[str, ...]:
        """What a form of ours carries, and no other page can know: the first; all are believed."""
        return tuple(_signed(key, "form", whose) for key in self.keys)

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
