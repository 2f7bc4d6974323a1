"""Who looks at the board, and does a form come from one of our own pages?

Somebody is let in by a session of their token (`sessions.py`), or by what a trusted proxy says of them. The HTTP API
takes neither: a browser sends cookies by itself, whichever page asked for it.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from settings.access import Scope
from starter.gateway.access import Actor
from starter.gateway.sessions import SESSION_COOKIE, Session, Sessions
from starter.sources import text

FORM_TOKEN: Final = "form_token"  # noqa: S105 (the name of a field)
LONGEST_USER: Final = 60


class NotEntered(Exception):
    """Nobody is known to look."""


class Forbidden(Exception):
    """Somebody is, and may not do that; the message says why."""


@dataclass(frozen=True)
class Visitor:
    actor: Actor
    form_tokens: tuple[str, ...]

    @property
    def form_token(self) -> str:
        """What its forms carry."""
        return self.form_tokens[0]

    @property
    def name(self) -> str:
        return self.actor.name

    @property
    def may_act(self) -> bool:
        return self.actor.may("respond")


@dataclass(frozen=True)
class Visitors:
    sessions: Sessions
    user_header: str = ""
    """In which a proxy says who it is. `BehindProxies` lets it through from trusted ones alone."""
    user_scope: Scope = "read"

    def known(self, request: Request) -> Visitor | None:
        session = self._session(request)
        if session:
            actor = Actor(session.name, session.scope)
            return Visitor(actor, self.sessions.form_tokens(session.nonce))
        user = text.apart(request.headers.get(self.user_header, "").strip(), LONGEST_USER) if self.user_header else ""
        return Visitor(Actor(user, self.user_scope), self.sessions.form_tokens(f"user {user}")) if user else None

    def end_session(self, request: Request) -> None:
        """Here, and not only in this browser."""
        if session := self._session(request):
            self.sessions.end(session, datetime.now(UTC))

    def _session(self, request: Request) -> Session | None:
        return self.sessions.read(request.cookies.get(SESSION_COOKIE, ""), datetime.now(UTC))

    def entered(self, request: Request, scope: Scope = "read") -> Visitor:
        """Raises NotEntered, Forbidden."""
        found = self.known(request)
        if found is None:
            raise NotEntered
        if not found.actor.may(scope):
            raise Forbidden(f"the token of {found.name} may {found.actor.scope}: this needs {scope}")
        return found


def demand_own_form(request: Request, visitor: Visitor, presented: str) -> None:
    """A form of ours, sent by a page of ours. Raises Forbidden."""
    demand_own_page(request)
    written = presented.encode(errors="surrogatepass")
    if not any(hmac.compare_digest(written, known.encode()) for known in visitor.form_tokens):
        raise Forbidden("this form is not of your session, or is old: load the page again, and send it once more")


def demand_own_page(request: Request) -> None:
    """Browsers say which page sends a form. https://www.w3.org/TR/fetch-metadata/ Raises Forbidden."""
    origin = request.headers.get("origin")
    if origin is None:
        ours = request.headers.get("sec-fetch-site", "") == "same-origin"
    else:
        ours = _host(origin) == request.headers.get("host", "").lower()
    if not ours:
        raise Forbidden("another web page sends this form: nothing was done")


def _host(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""
