"""Whom a runbook knows, and how people are reached."""

from typing import Annotated

from pydantic import StringConstraints

from workflows.policy.runbook.names import Name
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.runbook.reach import Reach
from workflows.policy.wire.model import Wire


class Person(Wire):
    """Somebody, or whoever holds a post, who can be paged or mentioned."""

    name: str
    manager: Name | None = None
    email: str = ""
    """Theirs, by which a chat knows them that nobody told who is who."""
    on_call: OnCall | None = None
    """It is a post: who holds it, and until when."""
    reach: Reach = ()
    """By which ways they are reached, in order; without any by the first pager that knows them."""


class Role(Wire):
    """A hat that someone wears during an incident."""

    name: str
    duties: str = ""
    falls_to: Name | None = None
    """Who is asked while nobody holds the role."""


class Link(Wire):
    label: str
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class Condition(Wire):
    """When a duty applies; empty parts hold always, all parts must hold."""

    flags: tuple[Name, ...] = ()
    """The incident carries every one of these."""
    without: tuple[Name, ...] = ()
    """The incident carries none of these."""
    labels: dict[str, str] = {}
    """Labels of the incident's alerts, with these values."""
    public: bool | None = None
    """Something went out to people outside (true), or nothing did (false): on the status page, or in a mail that had
    to be approved."""
    off_hours: bool | None = None
    """It falls due outside (true) or inside (false) the calendar's business hours; of a duty that waits for its day
    (`on`), when it would have been due without waiting."""


class Contact(Wire):
    """Whom to reach for what: put in front of people when its condition holds."""

    name: str
    reach: str
    """A number, an address, a handle: for people, not for machines."""
    when: Condition


class Audience(Wire):
    """People who are told things, and how they are reached."""

    name: str
    addresses: tuple[str, ...] = ()
