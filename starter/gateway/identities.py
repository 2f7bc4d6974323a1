"""From what an identity provider says of somebody to who they are here, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from settings.access import SCOPES, Scope
from settings.identity import EVERYBODY
from starter.gateway.identity_provider import LoginFailed
from starter.sources import text
from workflows.policy.runbook.model import Runbook

LONGEST_IDENTITY: Final = 60
TOO_MANY_GROUPS: Final = (
    "they are in more groups than your provider lists; let it list only those that are assigned to this client"
)


@dataclass(frozen=True)
class ProvedPerson:
    name: str
    """In what they do: a person of the runbooks, or an e-mail address that is proved to be theirs."""
    rule: str
    """By which they are let in: what it allows is looked up each time."""


def identity_of(
    claims: Mapping[str, JsonValue], may: Mapping[str, Scope], groups_claim: str, books: Iterable[Runbook]
) -> ProvedPerson:
    """Raises LoginFailed for those whom no rule names."""
    email = _proved_email(claims)
    name = _name(claims, email, books)
    allowing = [rule for rule in may if _matches(rule, email, _groups(claims.get(groups_claim)))]
    if not allowing:
        why = TOO_MANY_GROUPS if _left_out(claims, groups_claim) else "TOCSIN_OIDC_MAY says who may"
        raise LoginFailed(f"{name} may not look at this board: {why}")
    return ProvedPerson(name, max(allowing, key=lambda rule: SCOPES.index(may[rule])))


def _matches(rule: str, email: str, groups: frozenset[str]) -> bool:
    """Nobody is let in as an address by founding a group of that name."""
    if rule == EVERYBODY:
        return True
    return rule.lower() == email if "@" in rule else rule in groups


def _left_out(claims: Mapping[str, JsonValue], groups_claim: str) -> bool:
    """Of somebody who is in more than 200 groups Entra ID says where they can be read instead.
    https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference#groups-overage-claim"""
    elsewhere = claims.get("_claim_names")
    return claims.get("hasgroups") in (True, "true") or (isinstance(elsewhere, dict) and groups_claim in elsewhere)


def _proved_email(claims: Mapping[str, JsonValue]) -> str:
    """Empty if the provider does not say that it is theirs: anybody may have written it into their profile. Entra ID
    says it by a claim of its own.
    https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference"""
    email, proof = claims.get("email"), claims.get("email_verified", claims.get("xms_edov"))
    return email.lower() if isinstance(email, str) and proof in (True, "true", "1") else ""


def _groups(said: JsonValue) -> frozenset[str]:
    several = said if isinstance(said, list) else [said]
    return frozenset(group for group in several if isinstance(group, str))


def _name(claims: Mapping[str, JsonValue], email: str, books: Iterable[Runbook]) -> str:
    """What is no proved address is marked, so that nobody has the name of a token or of a person."""
    if not email:
        return text.apart(f"oidc:{claims.get('sub')}", LONGEST_IDENTITY)
    known = (key for book in books for key, person in book.people.items() if (person.email or "").lower() == email)
    return next(known, text.apart(email, LONGEST_IDENTITY))
