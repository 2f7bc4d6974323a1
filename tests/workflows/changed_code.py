"""Changes of code as somebody makes them who does not think of what runs already."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from workflows.policy import engine
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Post
from workflows.policy.incident.state import Incident
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand
from workflows.policy.runbook.model import Runbook

ONE_MORE = "one-more-post"


@contextmanager
def one_more_post(after: timedelta = timedelta(minutes=3)) -> Iterator[None]:
    """Each incident posts once more, so long after its declaration."""
    before = engine._all

    def changed(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
        yield from before(book, incident, now)
        post = Post(to=Destination(channel=book.home), template="update")
        yield BlockedDemand(
            Demand(duty=ONE_MORE, due_at=incident.declared_at + after, reason="the code was changed", effect=post)
        )

    with patch.object(engine, "_all", changed):
        yield
