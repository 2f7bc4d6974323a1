"""By which ways a person is reached, and in which order.

An address is a name that the settings know: what stands behind it, such as a telephone number, enters no history.
"""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from workflows.policy.runbook.names import Name
from workflows.policy.time.durations import Duration, write
from workflows.policy.wire.model import Wire

WayName = Literal["pagerduty", "opsgenie", "ntfy", "slack", "email", "sms", "voice", "webhook", "apprise"]
WAYS: Final[tuple[str, ...]] = get_args(WayName)
WAY_TITLES: Final[Mapping[str, str]] = {
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "ntfy": "ntfy",
    "slack": "a message in Slack",
    "email": "e-mail",
    "sms": "a text message",
    "voice": "a call",
    "webhook": "a webhook",
    "apprise": "apprise",
}
QUIET_WAYS: Final = frozenset({"slack", "email", "apprise"})
"""They wake nobody, or nobody knows whether they do: a page that got through by these alone has not taken the place of
one that rings."""
WAYS_BY_EMAIL: Final = frozenset({"slack", "email"})
"""They lead to the e-mail address that the runbook has for a person, where the settings have no other."""
MOST_STEPS: Final = 8
_BESIDE_THE_WAY = frozenset({"after", "address"})


class ReachStep(Wire):
    """One way to a person. In short: `ntfy`, or `{ntfy: NAME, after: 2m}`."""

    way: WayName
    address: Name | None = None
    """Under which name the settings have it; the person's own if it is left out."""
    after: Duration = timedelta()
    """How long after the first ring, if that is not answered. At once if the ways before it fail."""

    @property
    def is_quiet(self) -> bool:
        return self.way in QUIET_WAYS

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, given: object) -> object:
        if isinstance(given, str):
            return {"way": given}
        if not isinstance(given, Mapping) or "way" in given:
            return given
        ways = [key for key in given if key not in _BESIDE_THE_WAY]
        if len(ways) != 1:
            return given
        rest = {key: value for key, value in given.items() if key != ways[0]}
        return {"way": ways[0], "address": given[ways[0]] or None, **rest}


def _in_order(steps: tuple[ReachStep, ...]) -> tuple[ReachStep, ...]:
    if steps and steps[0].after:
        raise ValueError(f"the first way goes at once: write {steps[0].way} without `after`")
    for before, step in pairwise(steps):
        if step.after < before.after:
            raise ValueError(
                f"{step.way} after {write(step.after)} stands below {before.way} after {write(before.after)}: "
                "write them in the order in which they go"
            )
    leads = [(step.way, step.address) for step in steps]
    if len(set(leads)) < len(leads):
        raise ValueError("the same way is there twice: give each an address of its own")
    return steps


Reach = Annotated[tuple[ReachStep, ...], Field(max_length=MOST_STEPS), AfterValidator(_in_order)]
