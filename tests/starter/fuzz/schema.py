"""What schemathesis makes of the gateway's OpenAPI document: good requests and bad ones, none of them with a proof."""

from collections import Counter
from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Err

from tests.patience import HANGS_AFTER_S

OPEN = ("/healthz", "/readyz", "/docs")
"""All that answers without a secret to whoever is plainly on this machine."""


def explore(address: str, of_each: int) -> Counter[int]:
    """So many of each operation and each kind. Raises AssertionError with the request that went wrong."""
    statuses: Counter[int] = Counter()
    document = schemathesis.openapi.from_url(f"{address}/openapi.json")
    for found in document.get_all_operations():
        assert not isinstance(found, Err), found.err()
        operation = found.ok()
        for mode in GenerationMode:
            # Nothing can be wrong with a request that has nothing in it.
            with suppress(Unsatisfiable):
                statuses += _explored(address, operation.as_strategy(generation_mode=mode), of_each)
    return statuses


def _explored(address: str, strategy: SearchStrategy[Case[Any]], of_each: int) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=of_each,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def explored(case: Case[Any]) -> None:
        answer = case.call(base_url=address, timeout=HANGS_AFTER_S)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, f"{answer.status_code}: {case.as_curl_command()}"
        assert answer.status_code >= 400 or case.path in OPEN, f"let in without proof: {case.as_curl_command()}"

    explored()
    return statuses
