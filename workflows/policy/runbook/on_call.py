"""Who holds a post, as a runbook writes it: in turns, in a calendar, or at PagerDuty. `policy/rota` reckons with it."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from workflows.policy.runbook.names import Name
from workflows.policy.time.calendar import WEEKDAYS, Hours, Weekday, Zone
from workflows.policy.time.durations import DAY, HOUR, Duration, at_least, write
from workflows.policy.wire.bounded import Day
from workflows.policy.wire.model import Wire

MOST_PEOPLE, MOST_LAYERS = 60, 12
"""Of one rota: far more than any team has."""
WEEK = timedelta(weeks=1)
_HAND_OVER = re.compile(r"(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?([01]?\d|2[0-3]):([0-5]\d)", re.IGNORECASE)


def _hand_over(written: str) -> str:
    found = _HAND_OVER.fullmatch(written.strip())
    if found is None:
        raise ValueError(f'{written!r} is no time to hand over at: write "mon 09:00" or "09:00"')
    day, hour, minute = found.groups()
    return f"{day.lower()} {int(hour):02}:{minute}" if day else f"{int(hour):02}:{minute}"


HandOverTime = Annotated[str, AfterValidator(_hand_over)]


class Turns(Wire):
    """When one hands over to the next, by the clock on their wall: at nine it is nine in summer and in winter."""

    model_config = ConfigDict(serialize_by_alias=True)

    every: Annotated[Duration, at_least(HOUR)] = WEEK
    """How long a turn is: whole days, or a part of a day such as 12h."""
    counts_from: Annotated[Day | None, Field(alias="from")] = None
    """A day of the first one's turn. Before that turn nobody is on call."""
    hand_over: HandOverTime = "09:00"
    """When turns change: the time, and the day if turns are whole weeks, as `mon 09:00`."""
    zone: Zone = "UTC"
    """Whose clock that is; the calendar's if it is left out."""
    hours: Hours | None = None
    """Only in these hours of these days; the rest is left free, for another layer."""

    @property
    def hands_over_on(self) -> Weekday | None:
        return next((day for day in WEEKDAYS if self.hand_over.startswith(day)), None)

    @property
    def hands_over_at(self) -> time:
        return time.fromisoformat(self.hand_over[-5:])

    @model_validator(mode="after")
    def _turns_fit(self) -> Self:
        if self.every % DAY and DAY % self.every:
            raise ValueError(
                f"`every` is whole days or a whole part of one, and {write(self.every)} is neither: write 1d"
            )
        if self.hands_over_on and self.every % WEEK:
            raise ValueError(
                f"`hand_over` names a day, and turns of {write(self.every)} end on all days: "
                f'write "{self.hand_over[-5:]}"'
            )
        return self


class RotaLayer(Turns):
    """People who take turns, in a part of the hours perhaps."""

    rota: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_PEOPLE)]
    """Who takes turns, in this order."""


class PagerDutyOnCall(Wire):
    """Where PagerDuty says who is on call: one of the two."""

    schedule: str = ""
    """The id of a schedule, such as PI7DH85."""
    escalation_policy: str = ""
    """The id of an escalation policy: whoever is on its first level."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.schedule) == bool(self.escalation_policy):
            raise ValueError("needs one of `schedule` and `escalation_policy`: write schedule: PI7DH85")
        return self


CalendarSource = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class OnCall(Turns):
    """Who holds a post: one of `rota`, `layers`, `ical` and `pagerduty`."""

    rota: Annotated[tuple[Name, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Who takes turns, in this order."""
    layers: Annotated[tuple[RotaLayer, ...], Field(max_length=MOST_LAYERS)] = ()
    """Several such, as where the sun is up: the first that has somebody counts, the next fill what it leaves free."""
    ical: CalendarSource | None = None
    """A calendar whose events are named after whoever is on call: a file, an address that is no secret, or a name of
    `TOCSIN_CALENDARS`."""
    overrides: CalendarSource | None = None
    """Another calendar: where it has an event, that one counts."""
    pagerduty: PagerDutyOnCall | None = None
    """PagerDuty is asked."""
    user_group: str = ""
    """The Slack user group, by its handle or id, that holds whoever is on call."""

    @property
    def in_layers(self) -> tuple[RotaLayer, ...]:
        """What is written here of turns; nothing if somebody else is to be asked."""
        if not self.rota:
            return self.layers
        given = {name: getattr(self, name) for name in Turns.model_fields}
        return (RotaLayer.model_construct(rota=self.rota, **given),)

    @property
    def people(self) -> tuple[Name, ...]:
        """Everybody who takes a turn."""
        return tuple(dict.fromkeys(person for layer in self.in_layers for person in layer.rota))

    @property
    def is_written_here(self) -> bool:
        return bool(self.rota or self.layers)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("rota", "layers", "ical", "pagerduty") if getattr(self, name)]
        if len(given) != 1:
            what = f"has {' and '.join(f'`{name}`' for name in given)}" if given else "says nobody"
            raise ValueError(f"`on_call` {what}: write one of `rota`, `layers`, `ical` and `pagerduty`")
        if any(layer.counts_from is None for layer in self.in_layers):
            raise ValueError(f"turns count from a day: write from: {date(2026, 11, 23)}")
        if self.overrides and not self.ical:
            raise ValueError("`overrides` is a calendar over another: write `ical` as well")
        return self
