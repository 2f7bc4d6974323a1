"""What the pure core costs: a preview with its texts, and the worst pattern that a silence may have.

The tests count this work (tests/policy/counting.py); here it is timed.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, figure
from benchmarks.scale import BenchScale
from starter.runbooks.library import load
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import Scenario
from workflows.texts.preview import preview

BENCH_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BENCH_KINDS = ("post", "nag", "checklist", "email", "ticket", "document")
COMPANY = Path(__file__).parents[1] / "runbooks/company.yaml"


async def planning(scale: BenchScale) -> list[Figure]:
    """Seconds of processor time; the least of some runs, as a busy machine only ever adds to it."""
    crowded, company = large(30, 200), load(COMPANY).runbooks["company"]
    matcher, value = Matcher.parse("service=~(a|a?)+(a+)+(a*)*b"), {"service": "a" * 200}
    fortnight = Scenario("sev1", BENCH_NOW, until=timedelta(days=15))
    least = max(1, scale.idle // 12)
    return [
        figure(
            "preview of 30 tiers and 200 duties",
            _least(least, lambda: preview(crowded, Scenario("sev1", BENCH_NOW))),
            "s",
        ),
        figure("preview of 15 days of an unanswered SEV-1", _least(least, lambda: preview(company, fortnight)), "s"),
        figure("a silence's worst pattern", _least(least, lambda: matcher.matches(value)) * 1000, "ms"),
    ]


def large(tiers: int, duties: int) -> Runbook:
    """A SEV-1 that calls so many people, five minutes apart, and owes so many duties, a minute apart."""
    severity = {
        "title": "Critical",
        "definition": "All is down",
        "own_channel": True,
        "escalation": [{"page": [f"p{n}"], "after": timedelta(minutes=5 * n)} for n in range(tiers)],
        "updates": {"every": timedelta(minutes=15), "owner": "commander"},
        "duties": [
            {
                "id": f"d{n}",
                "kind": BENCH_KINDS[n % len(BENCH_KINDS)],
                "template": "checklist",
                "after": timedelta(minutes=n),
                "owner": "commander",
            }
            for n in range(duties)
        ],
    }
    return Runbook.model_validate(
        {
            "runbook": "large",
            "title": "Large",
            "home": "#incidents",
            "people": {f"p{n}": {"name": f"Person {n}"} for n in range(tiers)},
            "roles": {"commander": {"name": "Incident Commander", "falls_to": "p0"}},
            "severities": {"sev1": severity},
        }
    )


def _least(times: int, work: Callable[[], object]) -> float:
    return min(_took(work) for _ in range(times))


def _took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
