"""How long Slack waits for the answer to a press while 200 are in flight. It gives up after three seconds."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from urllib.parse import urlencode

import httpx

from benchmarks.figures import Figure, figure, percentile
from benchmarks.scale import BenchScale
from benchmarks.stage import BenchStage, stage
from sandbox.slack.people import TEAM
from starter.desk.answers import Declaration
from starter.desk.temporal_desk import TemporalDesk

PRESSES_IN_FLIGHT = 200
PRESSED_INCIDENTS = 50
WANTED_S = 0.5


async def presses(scale: BenchScale) -> list[Figure]:
    """Each is a note, in words of its own: it is verified, done by its incident's workflow, and answered."""
    async with stage() as at:
        await at.start_worker()
        desk = TemporalDesk(at.incidents)
        said = [Declaration(title=f"Bench {number}", severity="sev3") for number in range(PRESSED_INCIDENTS)]
        opened = [(await desk.declare(each, "bench")).incident for each in said]
        took = await _pressed(at, opened, scale.seconds)
    name = f"a press, {PRESSES_IN_FLIGHT} in flight"
    return [
        figure(f"{name}: answered, median", percentile(took, 50), "s"),
        figure(f"{name}: answered, p99", percentile(took, 99), "s").below(WANTED_S),
        figure(f"{name}: answered a second", len(took) / scale.seconds, ""),
    ]


async def _pressed(at: BenchStage, incidents: list[str], seconds: float) -> list[float]:
    numbers, took, until = itertools.count(1), list[float](), time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=PRESSES_IN_FLIGHT, max_keepalive_connections=PRESSES_IN_FLIGHT)
    async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=60) as http:

        async def hand() -> None:
            while time.perf_counter() < until:
                number = next(numbers)
                body = urlencode({"payload": json.dumps(_press(at, incidents[number % len(incidents)], number))})
                begun = time.perf_counter()
                answer = await http.post(
                    f"http://127.0.0.1:{at.gateway_port}/webhooks/slack", content=body, headers=_signed(at, body)
                )
                took.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text

        await asyncio.gather(*(hand() for _ in range(PRESSES_IN_FLIGHT)))
    return took


def _press(at: BenchStage, incident: str, number: int) -> dict[str, object]:
    value = json.dumps({"incident": incident, "verb": "note", "said": {"text": f"press {number}"}})
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": f"U0BENCH{number % PRESSES_IN_FLIGHT}", "name": "bench"},
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
