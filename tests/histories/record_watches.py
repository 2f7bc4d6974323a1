"""Records heartbeats and silences."""

from datetime import UTC, datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from tests.histories.saving import save
from tests.workflows import public_pages, silences
from tests.workflows.heartbeats import AWAY, Signs, crew, heartbeat
from tests.workflows.incidents import firing, resolved
from tests.workflows.shifts import RotaWorld, looked_at, shift
from workflows.policy.rota.coverage import CoverageGap, CoverageGaps

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
UNREACHED = CoverageGap(
    kind="unreachable",
    post="ann",
    who="ann",
    begins_at=MIDNIGHT,
    ends_at=MIDNIGHT,
    always=True,
    why="no way leads to Ann",
)


async def record(temporal: WorkflowEnvironment) -> None:
    signs = Signs()
    async with heartbeat(temporal) as live, crew(temporal, signs):
        for minute in (3, 6, 9):
            await live.at(minute * MINUTE)
            await live.handle.signal("beat")
        await live.at(16 * MINUTE)  # missing
        await live.handle.signal("beat")
        await live.handle.signal("beet", "nonsense")
        await live.handle.signal("pause", {"duration": "30m", "by": "Alice"})
        await live.at(60 * MINUTE)  # missing again
        await live.handle.signal("beat")
        signs.answers, signs.looks = [AWAY], []
        await live.at(70 * MINUTE)  # not to be judged
        await live.handle.signal("remove", {"by": "Alice"})
        await live.handle.result()
        await save(live.handle, "heartbeat")
    async with silences.silence(temporal) as quiet, silences.crew(temporal):
        await quiet.hold(firing("f1"), firing("f2"))
        await quiet.hold(firing("f3"), number=2)
        await quiet.handle.signal("hold", "nonsense")
        await quiet.pass_by(10 * MINUTE)
        await quiet.hold(resolved("f2"))
        await quiet.pass_by(50 * MINUTE)
        await quiet.handle.result()
        await save(quiet.handle, "silence")
    async with shift(temporal, RotaWorld()) as kept:
        await kept.days(2)
        takes = {"who": "cho", "begins_at": "2020-01-01T00:00Z", "ends_at": "2100-01-01T00:00Z", "id": "o1"}
        await kept.handle.signal("override_shift", takes)
        await kept.handle.signal("override_shift", "nonsense")
        await kept.days(1)
        await kept.handle.signal("retire")
        await kept.handle.result()
        await save(kept.handle, "shift")
    well, lost = CoverageGaps(home="#incidents"), CoverageGaps(home="#incidents", gaps=(UNREACHED,))
    world = RotaWorld(gaps=[well, lost])
    async with looked_at(temporal, world) as looked:
        await looked.days(2)
        world.gaps = [CoverageGaps()]  # loaded no more
        await looked.handle.signal("look")
        await looked.handle.result()
        await save(looked.handle, "coverage")
    async with public_pages.maintained(temporal) as page:
        await page.handle.signal("say", public_pages.say(1))
        await page.handle.signal("say", "nonsense")
        await page.pass_by(HOUR)
        await page.handle.signal("say", public_pages.say(2))
        await page.pass_by(DAY)
        await save(page.handle, "status-page")
