"""The verbs: what people can do to an incident or its review. Command line and HTTP API have them from this table.

A verb is a name for an event. What stands in the event, and what is wrong with it, the event's own model says; nobody
else makes one from what a person wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from pydantic import JsonValue

from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.review.events import NagsSnoozed, ReviewStarted, Submitted, Waived

Addressee = Literal["incident", "review", "either"]
"""either: an open incident, or after its end its review."""
VerbGroup = Literal["incidents", "followups", "obligations", "reviews"]
NOT_SAID: Final = frozenset({*Event.model_fields, "kind", "ring", "automatic", "duplicate_workflow", "if_free"})
"""Fields of events that no person writes: who, when and through what is known, the rest is found out."""


@dataclass(frozen=True)
class Verb:
    name: str
    """The command's, and the end of the address."""
    event: type[Event]
    about: str
    to: Addressee = "incident"
    group: VerbGroup = "incidents"
    names_somebody: bool = False
    """One of the runbook's people, unless `unlisted` is said as well."""

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Of the event, those that people write."""
        return tuple(name for name in self.event.model_fields if name not in NOT_SAID)

    @cached_property
    def schema(self) -> Mapping[str, JsonValue]:
        """Of what people write."""
        whole = self.event.model_json_schema()
        own = {name: about for name, about in whole["properties"].items() if name in self.fields}
        return {"type": "object", "properties": own, "required": whole.get("required", [])}

    def event_of(self, said: Mapping[str, object], **known: str) -> Event:
        """Raises ValidationError."""
        return self.event.model_validate({**said, **known})


def content(event: Event) -> dict[str, object]:
    """What was said in it, as it travels."""
    return event.model_dump(mode="json", exclude_defaults=True, exclude=set(NOT_SAID))


VERBS: Final = (
    Verb("ack", Acknowledged, "Somebody is on it: escalation stops for as long as there are signs of life."),
    Verb("escalate", Escalated, "Page a person, or all whom a tier calls, now; the answer says who rings."),
    Verb("severity", SeverityChanged, "Change the severity: everything is planned anew from the original start."),
    Verb("flag", FlagChanged, "Set a flag, or take it away: duties that depend on it begin or end.", to="either"),
    Verb("update", UpdatePosted, "Post a progress update: the next one is due an interval from now."),
    Verb("approve", DraftApproved, "Let a draft go out, as it is or in other words.", to="either"),
    Verb("correct", PublicCorrected, "Change the words that went to the status page last; they are marked there."),
    Verb("assign", RoleAssigned, "Give a role of the runbook to somebody.", to="either", names_somebody=True),
    Verb("handoff", HandedOff, "Hand the command over; what is due stays due.", names_somebody=True),
    Verb("note", Noted, "Write a line on the timeline.", to="either"),
    Verb("mitigate", Mitigated, "A fix is in place, and is being watched."),
    Verb("resolve", Resolved, "It is over: told everywhere, watched for a while, then closed."),
    Verb("reopen", Reopened, "It is not over after all."),
    Verb("cancel", Cancelled, "Opened in error, or twice: told, resolved and closed, unreviewed."),
    Verb("snooze", Snoozed, "Reminders wait for a while, at most a week. Pages are never held."),
    Verb("tick", Ticked, "A line of a checklist is done."),
    Verb("add", FollowUpAdded, "Keep something that is to be done.", to="either", group="followups"),
    Verb("done", FollowUpDone, "A follow-up is done.", to="either", group="followups"),
    Verb("waive", FollowUpWaived, "A follow-up will not be done, for a reason.", to="either", group="followups"),
    Verb("sent", ObligationSent, "What a legal clock runs for was told.", to="either", group="obligations"),
    Verb("not-applicable", ObligationNotApplicable, "It need not be told.", to="either", group="obligations"),
    Verb("start", ReviewStarted, "Yes, this incident deserves a review.", to="review", group="reviews"),
    Verb("submit", Submitted, "Something that is owed is done.", to="review", group="reviews"),
    Verb("waive", Waived, "Something that is owed need not be done.", to="review", group="reviews"),
    Verb("snooze", NagsSnoozed, "Reminders wait; the deadline stays.", to="review", group="reviews"),
)
_BY_EVENT: Final = {verb.event: verb for verb in VERBS}
VERB_BY_NAME: Final[Mapping[tuple[str, str], Verb]] = {(verb.group, verb.name): verb for verb in VERBS}
"""By group and name, as addresses and buttons have them."""


def verb_of(event: Event) -> Verb:
    return _BY_EVENT[type(event)]
