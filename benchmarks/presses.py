"""How long Slack waits for the answer to a press when 200 come at once. It gives up after three seconds."""

import asyncio
from collections.abc import Mapping

from benchmarks.bare import Bare
from benchmarks.costs import GATEWAY_PART, SERVER_PART, WORKER_PART, processor_seconds
from benchmarks.figures import Figure, figure, percentile
from benchmarks.load import Load
from benchmarks.pressed import PressedButtons
from benchmarks.processes import Took, run
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from starter.desk.answers import Declaration
from starter.desk.temporal_desk import TemporalDesk

PRESSES = 200
PRESSED_INCIDENTS = 50
WANTED_S = 0.5


async def presses(scale: BenchScale) -> list[Figure]:
    """Each is a note, in words of its own: it is verified, stored for its incident, and answered."""
    async with stage() as at:
        await at.start_worker()
        desk = TemporalDesk(at.incidents)
        said = [Declaration(title=f"Bench {number}", severity="sev3") for number in range(PRESSED_INCIDENTS)]
        opened = tuple([(await desk.declare(each, "bench")).incident for each in said])
        buttons = PressedButtons(incidents=opened, secret=at.slack_secret, sandbox=at.sandbox)
        before = processor_seconds(at)
        waves = await _waves(at, buttons, scale.seconds)
        used = {part: after - before[part] for part, after in processor_seconds(at).items()}
        later = buttons.model_copy(update={"first": PRESSES * len(waves)})
        flow = await run("load", Load(port=at.gateway_port, bodies=later, senders=PRESSES, seconds=scale.seconds))
        order = Bare(address=at.temporal, what="signal", at_once=PRESSES, count=PRESSES, workflows=PRESSED_INCIDENTS)
        floor = await run("bare", order)
    refused = sum(took.failures for took in (*waves, flow))
    return [
        *_at_once([second for took in waves for second in took.seconds], floor.seconds),
        *_costs(used, PRESSES * len(waves)),
        figure(f"{PRESSES} presses always in flight: answered, p99", percentile(flow.seconds, 99), "s"),
        figure(f"{PRESSES} presses always in flight: answered a second", len(flow.seconds) / scale.seconds, ""),
        figure("presses that were refused", refused, "").exactly(0),
    ]


async def _waves(at: BenchStage, buttons: PressedButtons, seconds: float) -> list[Took]:
    """Between them everybody is told afterwards, and the incidents write it down."""
    waves = []
    for number in range(max(1, round(seconds))):
        pressed = buttons.model_copy(update={"first": PRESSES * number})
        load = Load(port=at.gateway_port, bodies=pressed, senders=PRESSES, count=PRESSES)
        waves.append(await run("load", load))
        await asyncio.sleep(seconds / 2)
    return waves


def _at_once(took: list[float], floor: list[float]) -> list[Figure]:
    median, last = (
        figure(
            f"{PRESSES} presses at once: answered, {name}", percentile(took, percent), "s", percentile(floor, percent)
        )
        for name, percent in (("median", 50), ("p99", 99))
    )
    return [median, last.below(WANTED_S)]


def _costs(used: Mapping[str, float], count: int) -> list[Figure]:
    """Of a press, with all that follows it."""
    parts = (GATEWAY_PART, SERVER_PART, WORKER_PART)
    return [figure(f"processor time of a press: {part}", 1000 * used[part] / count, "ms") for part in parts]
