"""Which of several incidents are open, by their whole ids, in one question."""

from collections.abc import Collection

from starter.temporal.connection import TemporalConnection
from starter.temporal.directory import OPEN_INCIDENTS
from starter.temporal.results import FoundIncident
from workflows.durable.search_attributes import INCIDENT, PRIVATE


async def open_ones(connection: TemporalConnection, ids: Collection[str], but: str) -> dict[str, FoundIncident]:
    """By id; an id that several have finds none. Lists lag by moments, and nothing is looked for again here. `but`: the
    end of the query (`Incidents.but`). Raises Unreachable."""
    named = ", ".join(f"'{each}'" for each in ids)
    query = f"{OPEN_INCIDENTS} AND {INCIDENT.name} IN ({named}){but}"
    found: dict[str, list[FoundIncident]] = {}
    async with connection.temporal():
        async for run in connection.client.list_workflows(query):
            known = run.typed_search_attributes
            incident, private = known.get(INCIDENT, ""), known.get(PRIVATE, False)
            one = FoundIncident(workflow_id=run.id, incident=incident, may_be_private=private)
            found.setdefault(incident, []).append(one)
    return {incident: several[0] for incident, several in found.items() if len(several) == 1}
