"""How long Slack waits for the answer to a press when 200 come at once. It gives up after three seconds."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from benchmarks import processes
from benchmarks.bare import Bare
from benchmarks.figures import Figure, figure, percentile
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from sandbox.slack.people import FIRST_MEMBERS, TEAM
from starter.desk.answers import Declaration
from starter.desk.temporal_desk import TemporalDesk

PRESSES = 200
PRESSED_INCIDENTS = 50
WANTED_S = 0.5


@dataclass
class PressesAnswered:
    took: list[float] = field(default_factory=list)
    refused: int = 0


async def presses(scale: BenchScale) -> list[Figure]:
    """Each is a note, in words of its own: it is verified, stored for its incident, and answered."""
    async with stage() as at:
        await at.start_worker()
        desk = TemporalDesk(at.incidents)
        said = [Declaration(title=f"Bench {number}", severity="sev3") for number in range(PRESSED_INCIDENTS)]
        opened = [(await desk.declare(each, "bench")).incident for each in said]
        waves, flow = await _pressed(at, opened, scale.seconds)
        order = Bare(address=at.temporal, what="signal", at_once=PRESSES, count=PRESSES, workflows=PRESSED_INCIDENTS)
        floor = await processes.run("bare", order)
    at_once, flowing = f"{PRESSES} presses at once", f"{PRESSES} presses always in flight"
    first, last = (
        figure(f"{at_once}: answered, {name}", percentile(waves.took, percent), "s", percentile(floor.seconds, percent))
        for name, percent in (("median", 50), ("p99", 99))
    )
    return [
        first,
        last.below(WANTED_S),
        figure(f"{flowing}: answered, p99", percentile(flow.took, 99), "s"),
        figure(f"{flowing}: answered a second", len(flow.took) / scale.seconds, ""),
        figure("presses that were refused", waves.refused + flow.refused, "").exactly(0),
    ]


async def _pressed(at: BenchStage, incidents: list[str], seconds: float) -> tuple[PressesAnswered, PressesAnswered]:
    waves, flow, numbers = PressesAnswered(), PressesAnswered(), itertools.count(1)
    limits = httpx.Limits(max_connections=PRESSES, max_keepalive_connections=PRESSES, keepalive_expiry=1)
    async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=60) as http:

        async def hand(answers: PressesAnswered, until: float = 0) -> None:
            while True:
                await _press(at, http, incidents, next(numbers), answers)
                if time.perf_counter() >= until:
                    return

        for _ in range(max(1, round(seconds))):
            await asyncio.gather(*(hand(waves) for _ in range(PRESSES)))
            await asyncio.sleep(seconds / 2)
        until = time.perf_counter() + seconds
        await asyncio.gather(*(hand(flow, until) for _ in range(PRESSES)))
    return waves, flow


async def _press(
    at: BenchStage, http: httpx.AsyncClient, incidents: list[str], number: int, answers: PressesAnswered
) -> None:
    body = urlencode({"payload": json.dumps(_payload(at, incidents[number % len(incidents)], number))})
    begun = time.perf_counter()
    url = f"http://127.0.0.1:{at.gateway_port}/webhooks/slack"
    answer = await http.post(url, content=body, headers=_signed(at, body))
    answers.took.append(time.perf_counter() - begun)
    answers.refused += answer.status_code != 200


def _payload(at: BenchStage, incident: str, number: int) -> dict[str, object]:
    value = json.dumps({"incident": incident, "verb": "note", "said": {"text": f"press {number}"}})
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": FIRST_MEMBERS[number % len(FIRST_MEMBERS)].id, "name": "bench"},
        "container": {"type": "message", "message_ts": "1764183000.000100", "channel_id": "C0BENCH"},
        "response_url": f"{at.sandbox}/slack/response/none",
        "actions": [
            {"action_id": "tocsin/incidents/note/1", "action_ts": f"{number}.1", "type": "button", "value": value}
        ],
    }


def _signed(at: BenchStage, body: str) -> dict[str, str]:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    now = str(int(time.time()))
    digest = hmac.new(at.slack_secret.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={digest}",
    }
