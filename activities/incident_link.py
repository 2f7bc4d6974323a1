"""Where an incident can be looked at. Decided here alone: today that is Temporal's UI."""

from urllib.parse import quote

LINK_LABEL = "Incident"


def incident_link(ui_url: str, namespace: str, workflow_id: str) -> str:
    """Empty where nothing shows it."""
    if not ui_url or not workflow_id:
        return ""
    return f"{ui_url.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"
