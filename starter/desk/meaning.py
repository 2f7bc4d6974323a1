"""What somebody means who names a role or a person as people call them: by the runbook that the incident follows."""

import difflib
import re
from collections.abc import Mapping

from workflows.policy.incident.events import Event, HandedOff, RoleAssigned
from workflows.policy.runbook.model import Runbook


class Unlisted(Exception):
    """The runbook knows nobody of that name; the message says whom it knows."""


def meant(event: Event, book: Runbook, *, unlisted: bool) -> Event:
    """With the runbook's own names. Raises Unlisted, unless somebody else may be named as well."""
    people = {name: person.name for name, person in book.people.items()}
    match event:
        case RoleAssigned():
            roles = {name: role.name for name, role in book.roles.items()}
            role = _known(event.role, roles)
            if roles and role is None:
                return event  # the incident says which there are
            named = {"role": role or event.role, "person": _person(event.person, people, unlisted)}
            return event.model_copy(update=named)
        case HandedOff():
            return event.model_copy(update={"to": _person(event.to, people, unlisted)})
    return event


def in_one_word(said: str) -> str:
    """`Incident Commander` is incident-commander."""
    return re.sub(r"[^a-z0-9]+", "-", said.casefold()).strip("-") or said


def _known(said: str, names: Mapping[str, str]) -> str | None:
    """By the name that the runbook uses, or by the one that people read."""
    keys = {**{in_one_word(title): key for key, title in names.items()}, **{key: key for key in names}}
    return keys.get(in_one_word(said))


def _person(said: str, people: Mapping[str, str], unlisted: bool) -> str:
    if (known := _known(said, people)) or unlisted or not people:
        return known or said
    near = difflib.get_close_matches(in_one_word(said), people, n=1)
    listed = ", ".join(f"{key} ({name})" for key, name in people.items())
    raise Unlisted(
        f"the runbook lists nobody called {said!r}. " + (f"Did you mean {near[0]}?" if near else f"It has {listed}")
    )
