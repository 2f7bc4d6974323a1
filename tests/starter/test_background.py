"""What runs beside the requests: a bug that ends it ends it for moments, and people see that."""

from typing import Any

import httpx
import pytest

from settings import Settings
from starter import background
from starter.gateway.canary import Canary
from starter.gateway.published import Published
from starter.gateway.stuck_watch import StuckWatch
from starter.intake.beats import Beats
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.starter.conftest import eventually
from tests.starter.test_serve import serving


def ends_once(monkeypatch: pytest.MonkeyPatch, kind: type[Any]) -> list[object]:
    """A bug ends its first run. Returns those that have begun."""
    begun, runs = list[object](), kind.run

    async def run(self: object) -> None:
        begun.append(self)
        if len(begun) == 1:
            raise KeyError("a bug")
        await runs(self)

    monkeypatch.setattr(kind, "run", run)
    monkeypatch.setattr(background, "BEGUN_AGAIN_AFTER_S", 0.01)
    return begun


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Published, "which runbooks are followed"),
        (Beats, "heartbeats' beats"),
        (Silencing, "which silences there are"),
        (StuckWatch, "what is stuck"),
        (Canary, "the canary"),
    ],
)
async def test_a_loop_that_a_bug_ends_is_named_and_begins_again(
    settings: Settings,
    library: Library,
    incidents: Incidents,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Any],
    name: str,
) -> None:
    begun = ends_once(monkeypatch, kind)
    async with serving(settings, library, incidents) as address, httpx.AsyncClient(trust_env=False) as http:

        async def problems() -> list[str]:
            return [line for line in (await http.get(f"{address}/readyz")).json()["problems"] if line.startswith(name)]

        [problem] = await eventually(problems, lambda found: len(begun) > 1 and bool(found))
    assert problem.startswith(f"{name}: was ended by a bug at 20")
    assert problem.endswith(", and began again: KeyError: 'a bug'")
