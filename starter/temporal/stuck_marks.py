"""Lists say which of their workflows are stuck: one question more, however long the list is."""

from starter.temporal.connection import TemporalConnection
from starter.temporal.results import ListPage, Row
from starter.temporal.stuck import stuck_ids


async def stuck_marked(connection: TemporalConnection, page: ListPage[Row]) -> ListPage[Row]:
    """Raises Unreachable."""
    async with connection.temporal():
        stuck = await stuck_ids(connection.client)
    rows = tuple(each.model_copy(update={"stuck": each.open and each.workflow_id in stuck}) for each in page.rows)
    return page.model_copy(update={"rows": rows})
