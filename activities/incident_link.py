"""Where an incident can be looked at. Decided here alone: on the board, and in Temporal's UI."""

from urllib.parse import quote

LINK_LABEL = "Incident"
BOARD_LABEL = "Board"


def board_link(gateway_url: str, incident: str) -> str:
    """Empty where people do not reach the gateway."""
    return f"{gateway_url.rstrip('/')}/incidents/{quote(incident, safe='')}" if gateway_url and incident else ""


def incident_link(ui_url: str, namespace: str, workflow_id: str) -> str:
    """Empty where nothing shows it."""
    if not ui_url or not workflow_id:
        return ""
    return f"{ui_url.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"
