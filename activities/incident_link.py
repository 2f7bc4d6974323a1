"""Where an incident can be looked at and answered. Decided here alone: on the board, in Temporal's UI, by a link."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from activities.answer_links import AnswerLinks
from activities.said_beside import is_among_others
from workflows.policy.effects.effects import Send
from workflows.policy.keys import vendor_keys
from workflows.policy.planning.destinations import channel_address

CHANNEL_LABEL = "Channel"
LINK_LABEL = "Temporal"
BOARD_LABEL = "Board"


def board_link(gateway_url: str, incident: str) -> str:
    """Empty where people do not reach the gateway."""
    return f"{gateway_url.rstrip('/')}/incidents/{quote(incident, safe='')}" if gateway_url and incident else ""


def incident_link(ui_url: str, namespace: str, workflow_id: str) -> str:
    """Empty where nothing shows it."""
    if not ui_url or not workflow_id:
        return ""
    return f"{ui_url.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"


@dataclass(frozen=True)
class IncidentAddresses:
    """Those that the worker knows; the others are empty."""

    ui_url: str = ""
    gateway_url: str = ""
    answer_links: AnswerLinks | None = None
    has_chat: bool = False

    def said_with(self, send: Send, namespace: str, workflow_id: str) -> Send:
        """With the incident's addresses, so that whoever reads this is one tap away from all of it."""
        send = self.leading_to_channel(send)
        on_board = self._on_board(send)
        in_temporal = incident_link(self.ui_url, namespace, workflow_id)
        places = [place for place in ((BOARD_LABEL, on_board), (LINK_LABEL, in_temporal)) if place[1]]
        if not places or not is_among_others(send.effect):
            return send
        text = "\n".join((send.text.rstrip(), *(f"{label}: {address}" for label, address in places)))
        links = (*send.links, *places)
        return send.model_copy(update={"text": text, "links": links, "address": in_temporal or on_board})

    def _on_board(self, send: Send) -> str:
        """What is about no incident leads to the board itself: there is no page of it."""
        if vendor_keys.is_of_nobody(send.vendor_key):
            return f"{self.gateway_url.rstrip('/')}/" if self.gateway_url else ""
        return board_link(self.gateway_url, send.incident)

    def leading_to_channel(self, send: Send) -> Send:
        """With where the gateway is before a link of ours, in its text, too. Without a gateway that people reach, or
        without a chat, nothing leads to the channel."""
        ours = channel_address(send.incident)
        others = tuple(link for link in send.links if link[1] != ours)
        if others == send.links:
            return send
        if not (self.gateway_url and self.has_chat):
            return send.model_copy(update={"links": others})
        way = CHANNEL_LABEL, f"{self.gateway_url.rstrip('/')}{ours}"
        text = f"{send.text.rstrip()}\n{': '.join(way)}"
        return send.model_copy(update={"links": (way, *others), "text": text})

    def answerable(self, send: Send) -> Send:
        return self.answer_links.answerable(send, datetime.now(UTC)) if self.answer_links else send
