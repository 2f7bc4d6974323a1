"""A person does something: it is looked whether they may, the desk does it, and the answer is put in words for them."""

import hashlib
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from chat import lateness, words
from chat.people import Presser
from chat.permissions import PUBLIC, SEE_PRIVATE, ChatPermissions, NotAllowed
from starter.desk.answers import Declaration
from starter.desk.desk import Desk
from starter.desk.meaning import Unlisted
from starter.desk.permissions import lets_out
from starter.desk.verbs import Verb
from starter.sources import foreign
from starter.temporal.results import LookupFailed, NobodyWorks, Recorded, RefusedByIncident, Unpublished
from workflows.policy.incident.events import Acknowledged, Event, RoleAssigned

VIA_SLACK: Final = "slack"
AS_WELL: Final = "acknowledged as well"
"""How an incident says that somebody was not the first."""


class Misfit(Exception):
    """What was pressed or filled in cannot be used; the message is for the presser."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
        """The input that is wrong."""


@dataclass(frozen=True)
class Deed:
    """What somebody wants done."""

    verb: Verb
    incident: str
    """A clear part of its id."""
    id: str
    """The same for the same press."""
    said: Mapping[str, object] = field(default_factory=dict)
    if_still: str = ""
    ring: str = ""
    here: bool = field(kw_only=True)
    """It is said where the incident can be seen: at its message, or in its channel."""
    was_open: bool = False
    """... because everybody could see it then."""

    def event(self, presser: Presser) -> Event:
        """Raises Misfit."""
        if unknown := set(self.said) - set(self.verb.fields):
            raise Misfit(f"{self.verb.name} knows nothing of {', '.join(sorted(unknown))[:100]}")
        own: Mapping[str, object] = {}
        if self.takes_role:
            own = {"person": presser.person or presser.by, "if_free": True}
        known = {"by": presser.by, "via": VIA_SLACK, "id": self.id, "if_still": self.if_still}
        if self.ring and self.verb.event is Acknowledged:
            known["ring"] = self.ring
        try:
            return self.verb.event_of({**self.said, **own}, **known)
        except ValidationError as error:
            problem = foreign.problems(error)[0]
            raise Misfit(str(problem), problem.field) from None

    @property
    def takes_role(self) -> bool:
        """For themselves, and from nobody."""
        return self.verb.event is RoleAssigned and "person" not in self.said


@dataclass(frozen=True)
class Answered:
    """What whoever did something reads, in Slack's markup."""

    text: str
    done: bool = True
    field: str = ""
    """The input that was wrong."""
    is_late: bool = False
    """It is stored, and the incident has not said yet what became of it."""
    mark: str = ""
    """Of the state that this was seen in (`workflows/policy/incident/mark.py`)."""


@dataclass(frozen=True)
class Hands:
    """Whatever is done from Slack is done here."""

    desk: Desk
    public_desk: Desk
    """As those have it who may not know that there are private incidents."""
    permissions: ChatPermissions

    async def desk_of(self, presser: Presser, *, here: bool) -> Desk:
        """Raises NotAllowed."""
        self.permissions.demand_insider(presser)
        return self.desk if await self.sees_private(presser, here=here) else self.public_desk

    async def sees_private(self, presser: Presser, *, here: bool = False) -> bool:
        """Where no line says who does, it is who is `here`."""
        is_limited = self.permissions.limit(SEE_PRIVATE)
        return await self.permissions.allow(presser, SEE_PRIVATE) if is_limited else here

    async def do(self, deed: Deed, presser: Presser) -> Answered:
        """Raises what `in_words` puts in words, and Unreachable."""
        event = await self.event_of(deed, presser)
        desk = await self.desk_of(presser, here=deed.here)
        try:
            answer = await desk.ask(deed.incident, event, unlisted=deed.takes_role)
        except RefusedByIncident as no:
            return Answered(words.refused(str(no), await _first(desk, deed, event, presser)), done=False)
        if deed.was_open and answer.private and not await self.sees_private(presser):
            return Answered(words.PRIVATE_BY_NOW)
        late = isinstance(event, Acknowledged) and any(AS_WELL in line for line in answer.changed)
        return Answered(words.done(answer, await _first(desk, deed, event, presser) if late else ""))

    async def event_of(self, deed: Deed, presser: Presser) -> Event:
        """If they may. Raises NotAllowed, Misfit."""
        await self.permissions.demand(presser, deed.verb.name)
        event = deed.event(presser)
        await self.check_may_say(presser, event)
        return event

    async def check_may_say(self, presser: Presser, said: Event | Declaration) -> None:
        """Words for the public come only from those who may let them out. Raises NotAllowed."""
        if lets_out(said):
            await self.permissions.demand(presser, PUBLIC)


async def _first(desk: Desk, deed: Deed, event: Event, presser: Presser) -> str:
    state = await lateness.state_of(desk, deed.incident)
    return lateness.first(state, event, presser) if state else ""


async def in_words(work: Awaitable[Answered]) -> Answered:
    """What was done, or why not, for whoever wanted it. Raises Unreachable: then nobody knows that it was done."""
    try:
        return await work
    except Recorded as kept:
        if kept.perhaps_late:
            return Answered(words.TAKES_LONG, is_late=True)
        return Answered(f"{words.NOBODY_ACTS}: {words.plain(kept.reason)}. {words.plain(kept.cure)}".strip())
    except Misfit as no:
        return Answered(words.refused(str(no)), done=False, field=no.field)
    except (NotAllowed, RefusedByIncident, LookupFailed, Unlisted, NobodyWorks, Unpublished) as no:
        return Answered(words.refused(str(no)), done=False)


def slack_id(*parts: str) -> str:
    """An event's id from Slack's own."""
    return "slack/" + hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:24]
