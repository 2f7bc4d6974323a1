"""The link by which whoever is rung answers from wherever they read of it."""

from dataclasses import dataclass
from datetime import datetime

from workflows.policy.effects.effects import Page, Send
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import TICKET_LASTS, AnswerTicket

ANSWER_LABEL = "Acknowledge"


@dataclass(frozen=True)
class AnswerLinks:
    gateway_url: str
    """As phones reach it."""
    key: str

    def answerable(self, send: Send, now: datetime) -> Send:
        """With the link, if it is a page of an incident: a drill's page and a test's have nothing to answer."""
        assert isinstance(send.effect, Page)
        ticket = AnswerTicket(send.vendor_key, send.effect.to, now + TICKET_LASTS)
        if not ticket.workflow:
            return send
        token = answer_tickets.written(ticket, self.key)
        address = f"{self.gateway_url.rstrip('/')}/a/{token}"
        return send.model_copy(update={"answer": address, "links": ((ANSWER_LABEL, address), *send.links)})
