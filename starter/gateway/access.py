"""Who calls the HTTP API: a token's name is who does it, and its scope is what they may do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from settings.access import SCOPES, ApiToken, Scope, hashed
from starter.gateway.locality import why_not_local
from starter.gateway.log_budget import LogBudget
from starter.gateway.outcomes import Outcomes
from starter.sources import text
from starter.sources.refusal import Refusal

BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="`tocsin token add api` makes one")
ON_BEHALF = 100
"""Characters of whom a caller acts for."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Actor:
    """Whoever proved to have a token."""

    name: str
    scope: Scope

    def by(self, on_behalf_of: str = "") -> str:
        """As it stands in the event: for whom is what the caller says, and nobody has proved it."""
        other = text.line(on_behalf_of, ON_BEHALF)
        return f"{self.name} (for {other}, unproved)" if other and other != self.name else self.name

    def may(self, scope: Scope) -> bool:
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


@dataclass(frozen=True)
class Access:
    tokens: tuple[ApiToken, ...]
    outcomes: Outcomes
    budget: LogBudget = field(default_factory=LogBudget)

    def whoever_may(self, scope: Scope) -> Callable[..., Actor]:
        """For the parameters of a route. Raises Refusal."""

        def actor(
            request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None
        ) -> Actor:
            found = self.known(request)
            if found is None:
                raise self._refusal(request, 401, self._why_unknown, {"WWW-Authenticate": "Bearer"})
            if not found.may(scope):
                raise self._refusal(request, 403, f"the token of {found.name} may {found.scope}: this needs {scope}")
            return found

        return actor

    def may_know(self, request: Request) -> bool:
        """How this gateway stands, and what it takes: no secret of anybody's, and nothing for strangers."""
        return self.known(request) is not None or not why_not_local(request)

    def whoever_may_know(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)] = None
    ) -> None:
        """For the parameters of a route. Raises Refusal."""
        if not self.may_know(request):
            raise self._refusal(request, 401, self._why_unknown, {"WWW-Authenticate": "Bearer"})

    def known(self, request: Request) -> Actor | None:
        token = self.token_of(request)
        return Actor(token.name, token.scope) if token else None

    def token_of(self, request: Request) -> ApiToken | None:
        """Hashes are compared, so that the time which that takes says nothing of a token."""
        scheme, _, presented = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        sha256 = hashed(presented.strip())
        return next((each for each in self.tokens if each.sha256 == sha256), None)

    @property
    def _why_unknown(self) -> str:
        if not self.tokens:
            return "nobody has a token yet: `tocsin token add api` makes one"
        return "no token, or none that is known here: send `Authorization: Bearer TOKEN`"

    def _refusal(self, request: Request, status: int, error: str, headers: dict[str, str] | None = None) -> Refusal:
        self.outcomes.counts["api", "refused"] += 1
        sender = request.client.host if request.client else "?"
        left_out = self.budget.left_out("api", datetime.now(UTC))
        if left_out is not None:
            log.error(
                "request to the API refused", status=status, sender=sender, reason=error, not_logged=left_out or None
            )
        return Refusal(status, error, headers)
