"""PagerDuty's log of an incident: whom it reached for, and how.

https://developer.pagerduty.com/api-reference, List log entries for an incident
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from activities.pagerduty_json import AskedResponder, PagerDutyAnswer, PagerDutyIncident, PagerDutyUser
from activities.plain_text import one_line
from activities.vendor_answer import Entries, VendorMoment
from workflows.policy.effects.proof import Notified, RingProof

LONGEST_USER_NAME = 100
NOTIFIED_BY = (
    ("phone", re.compile(r"phone|voice|call", re.IGNORECASE)),
    ("sms", re.compile(r"sms|text", re.IGNORECASE)),
    ("push", re.compile(r"push|app|ios|android", re.IGNORECASE)),
    ("email", re.compile(r"e-?mail", re.IGNORECASE)),
)


class LogNotification(PagerDutyAnswer):
    type: str = ""
    status: str = ""


class LogChannel(PagerDutyAnswer):
    type: str = ""
    notification: LogNotification | None = None


class PagerDutyLogEntry(PagerDutyAnswer):
    type: str = ""
    summary: str = ""
    created_at: VendorMoment | None = None
    user: PagerDutyUser | None = None
    channel: LogChannel | None = None
    message: str = ""

    @property
    def way(self) -> str:
        """How, in one of our words; empty if it does not say."""
        channel = self.channel or LogChannel()
        said = (channel.notification.type if channel.notification else "", channel.type, self.summary)
        return next((way for text in said if text != "auto" for way, known in NOTIFIED_BY if known.search(text)), "")


class PagerDutyLog(PagerDutyAnswer):
    log_entries: Entries[PagerDutyLogEntry]


def proof(pager: str, incident: PagerDutyIncident, entries: Iterable[PagerDutyLogEntry]) -> RingProof:
    """Nobody's is what rings, and is assigned to nobody: whoever has answered has it."""
    notified = sorted(filter(None, map(_notified, entries)), key=lambda each: each.at)
    nobody = incident.status == "triggered" and incident.assignments == () and not notified
    return RingProof(pager=pager, there=True, nobody=nobody, notified=tuple(notified))


def help_proof(pager: str, asked: AskedResponder, entries: Iterable[PagerDutyLogEntry]) -> RingProof:
    """Of one request to help: the log is of all who were rung for the incident, and of all rounds."""
    theirs = [entry for entry in entries if entry.user and entry.user.id == asked.user.id]
    since = asked.requested_at
    ours = [entry for entry in theirs if not (since and entry.created_at and entry.created_at < since)]
    found = proof(pager, PagerDutyIncident(id="", status=asked.state), ours)
    who = one_line(asked.user.summary, LONGEST_USER_NAME) or "somebody"
    if asked.state == "declined":
        return found.model_copy(update={"nobody": True, "declined": True, "why": f"{who} declined"})
    return found.model_copy(update={"answered_by": who}) if asked.state == "joined" else found


def _notified(entry: PagerDutyLogEntry) -> Notified | None:
    """Not what failed: PagerDuty tries again, or by the next way."""
    failed = entry.channel and entry.channel.notification and entry.channel.notification.status == "failed"
    if not entry.type.startswith("notify_log_entry") or failed:
        return None
    user = entry.user or PagerDutyUser()
    name = one_line(user.summary or user.name, LONGEST_USER_NAME) or "somebody"
    return Notified(who=name, way=entry.way, at=entry.created_at or datetime.now(UTC))
