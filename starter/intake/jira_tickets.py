"""Jira's webhooks about our own tickets: a follow-up that is done there is done here.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

import re
from dataclasses import dataclass

from pydantic import ValidationError

from starter.sources import foreign
from starter.sources.foreign import Foreign, Word
from starter.sources.reading import Unreadable, Webhook
from starter.sources.text import LONGEST_WORD, line
from workflows.policy.incident.events import FollowUpDone

OUR_LABEL = re.compile(r"tocsin-incident-([A-Za-z0-9-]{1,80})")
"""The label that our tickets bear: `activities.jira` writes it."""
KEY = re.compile(r"[A-Z][A-Z0-9_]{0,30}-\d{1,12}")


class _TicketCategory(Foreign):
    key: Word = ""


class _TicketStatus(Foreign):
    statusCategory: _TicketCategory = _TicketCategory()  # noqa: N815 (Jira's name)


class _TicketFields(Foreign):
    labels: tuple[str, ...] = ()
    status: _TicketStatus = _TicketStatus()


class _JiraTicket(Foreign):
    key: str
    fields: _TicketFields = _TicketFields()


class _Change(Foreign):
    field: str = ""


class _Changelog(Foreign):
    id: str = ""
    items: tuple[_Change, ...] = ()


class _User(Foreign):
    displayName: str = ""  # noqa: N815 (Jira's name)


class _JiraDelivery(Foreign):
    webhookEvent: Word = ""  # noqa: N815 (Jira's name)
    user: _User = _User()
    issue: _JiraTicket | None = None
    changelog: _Changelog = _Changelog()


@dataclass(frozen=True)
class TicketDone:
    """A ticket of an incident's was moved to a status that counts as done."""

    incident: str
    ticket: str
    by: str
    id: str

    def event(self) -> FollowUpDone:
        return FollowUpDone(id=self.id, by=self.by, via="jira", follow_up=self.ticket)


def done(webhook: Webhook) -> TicketDone | str:
    """Otherwise why nothing follows from it. Raises Unreadable for what is no webhook of Jira's."""
    try:
        delivery = _JiraDelivery.model_validate(foreign.json(webhook.body))
    except ValidationError as error:
        raise Unreadable("this is no webhook of Jira's", foreign.problems(error)) from None
    issue = delivery.issue
    if delivery.webhookEvent != "jira:issue_updated" or issue is None:
        return f"events of type {line(delivery.webhookEvent, LONGEST_WORD)!r} change nothing here"
    incident = next((found[1] for label in issue.fields.labels if (found := OUR_LABEL.fullmatch(label))), None)
    if incident is None or not KEY.fullmatch(issue.key):
        return "not a ticket of ours"
    moved = any(change.field == "status" for change in delivery.changelog.items)
    if not moved or issue.fields.status.statusCategory.key != "done":
        return "it was not moved to a status that is done"
    # The body is signed; the header X-Atlassian-Webhook-Identifier is not.
    once = f"{issue.key}-{delivery.changelog.id}" if delivery.changelog.id else webhook.digest
    by = line(delivery.user.displayName, LONGEST_WORD) or "somebody in Jira"
    return TicketDone(incident, issue.key, by, f"jira-{once}")
