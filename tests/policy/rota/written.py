"""Rotas as a runbook writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from workflows.policy.runbook.on_call import OnCall


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rota(**said: object) -> OnCall:
    """Ann and Ben, week by week, from Monday 2026-11-23 at nine, unless it is said otherwise."""
    usual = {"rota": ["ann", "ben"], "from": "2026-11-23", "hand_over": "mon 09:00"}
    return OnCall.model_validate({key.removesuffix("_"): value for key, value in {**usual, **said}.items()})


def layers(*given: Mapping[str, object]) -> OnCall:
    return OnCall.model_validate({"layers": list(given)})
