"""The commands by which people tell an incident what happened. Each returns an event; `event_command` does the rest."""

from typing import Annotated, Literal

import typer
from typer import Option

from starter.desk.meaning import in_one_word
from tocsin.commands import arguments
from tocsin.commands.arguments import Reason
from tocsin.commands.event_command import event_command
from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
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
from workflows.policy.incident.public_events import PublicCorrected

app = typer.Typer()


@event_command(app, "ack")
def ack() -> Event:
    """Say that you are on it: escalation stops for as long as there are signs of life."""
    return Acknowledged()


@event_command(app, "escalate")
def escalate(to: str, /, *, reason: Reason = "") -> Event:
    """Page a person of the runbook, or all whom a tier calls, by its number, now, and say who rings."""
    return Escalated(to=to, reason=reason)


@event_command(app, "severity")
def severity(severity: str, /, *, reason: Reason = "") -> Event:
    """Change the severity (sev1 to sev4): everything is planned anew from the original start."""
    return SeverityChanged.model_validate({"severity": arguments.severity(severity), "reason": reason})


@event_command(app, "flag")
def flag(flag: str, /, *, off: Annotated[bool, Option("--off", help="Take it away again.")] = False) -> Event:
    """Flag the incident, as customer-facing for example: duties that depend on the flag begin or end."""
    return FlagChanged(flag=flag, on=not off)


@event_command(app, "update")
def update(
    text: str,
    /,
    *,
    public: Annotated[bool, Option("--public", help="Also on the status page, in these words.")] = False,
    phase: Annotated[
        Literal["investigating", "identified", "monitoring"] | None, Option(help="Where you stand now.")
    ] = None,
) -> Event:
    """Post a progress update: the next one is due an interval from now."""
    return UpdatePosted(text=text, public=public, phase=phase)


@event_command(app, "approve")
def approve(
    text: str = "",
    /,
    *,
    draft: Annotated[str, Option(help="Which, if several wait: its name stands in the message.")] = "",
) -> Event:
    """Let a draft for the status page or for customers go out, as it is or in other words."""
    return DraftApproved(text=text, draft=draft)


@event_command(app, "correct")
def correct(text: str, /) -> Event:
    """Change the words that went to the status page last: these stand there instead, and are marked as corrected."""
    return PublicCorrected(text=text)


@event_command(app, "assign")
def assign(role: str, person: str, /) -> Event:
    """Give a role of the runbook, such as commander, to somebody."""
    return RoleAssigned(role=in_one_word(role), person=person)


@event_command(app, "handoff")
def handoff(to: str, text: str = "", /) -> Event:
    """Hand the command over; what is due stays due."""
    return HandedOff(to=to, text=text)


@event_command(app, "note")
def note(text: str, /) -> Event:
    """Write a line on the timeline."""
    return Noted(text=text)


@event_command(app, "mitigate")
def mitigate(
    text: str = "", /, *, started: Annotated[bool, Option("--started", help="Work on the fix has only begun.")] = False
) -> Event:
    """Say that a fix is in place and you are watching it."""
    return Mitigated(text=text, started=started)


@event_command(app, "resolve")
def resolve(
    text: str = "",
    /,
    *,
    public: Annotated[bool, Option("--public", help="People outside may read these words as the cause.")] = False,
) -> Event:
    """Say that it is over, and what it was: told everywhere, watched for a while, then closed."""
    return Resolved(text=text, public=public)


@event_command(app, "reopen")
def reopen(*, reason: Reason = "") -> Event:
    """It is not over after all."""
    return Reopened(reason=reason)


@event_command(app, "cancel")
def cancel(
    *,
    reason: Reason = "",
    duplicate_of: Annotated[
        str, Option(metavar="INCIDENT", help="The incident that its alerts move to.", show_default=False)
    ] = "",
) -> Event:
    """Opened in error, or twice: told, resolved and closed, unreviewed. What fires stays cancelled until it ends."""
    return Cancelled(reason=reason, duplicate_of=duplicate_of)


@event_command(app, "snooze")
def snooze(duration: str, /, *, reason: Reason = "") -> Event:
    """Hold nags still for a while, such as 30m or 2h, at most a week. Pages and drafts are never held."""
    return Snoozed.model_validate({"duration": duration, "reason": reason})


@event_command(app, "tick")
def tick(duty: str, line: str, /) -> Event:
    """Tick a line of a checklist off, by its number: it is done."""
    return Ticked.model_validate({"duty": in_one_word(duty), "line": line})
