"""Who was paged, as `tocsin status` shows it."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from tests.policy.builders import T0, declared, ladder, tier
from tocsin.view.incident import _paged
from workflows.policy.incident.settlements import Settlement
from workflows.policy.views.results import Status

DONE = Settlement(occurrence=1, due_at=T0, sent_at=T0, settled_at=T0 + timedelta(seconds=1), outcome="done")


@pytest.mark.parametrize(
    ("duty", "tier_and_person"),
    [
        ("escalate/2/alice", ["2", "alice"]),
        ("escalate/1/Alice/Bob", ["1", "Alice/Bob"]),
        ("call/Alice/Bob", ["by hand", "Alice/Bob"]),
        ("joined/alice", ["new alerts", "alice"]),
    ],
)
def test_a_page_is_shown_with_its_tier_and_its_person(duty: str, tier_and_person: list[str]) -> None:
    incident = declared(ladder(tier("alice"))).model_copy(update={"settled": {duty: DONE}})
    out = StringIO()
    Console(file=out, width=200).print(_paged(Status(incident=incident, verification=timedelta())))
    row = out.getvalue().splitlines()[1]
    assert row.split("  ")[0].strip() == tier_and_person[0]
    assert [part.strip() for part in row.split("  ") if part.strip()][:2] == tier_and_person
