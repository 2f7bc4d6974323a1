"""Turns by the clock on the wall: a hand-over at nine is at nine on both sides of the night on which clocks change."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from workflows.policy.rota.shift import Stint
from workflows.policy.runbook.on_call import RotaLayer
from workflows.policy.time.calendar import WEEKDAYS, stretches, wall_clock, wall_moment
from workflows.policy.time.durations import DAY


def stints(layer: RotaLayer, begin: datetime, end: datetime) -> Iterator[Stint]:
    """Who has a turn in that time, one after the other; nobody before the first turn and outside the hours."""
    if layer.hours is None:
        yield from _turns(layer, begin, end)
        return
    open_hours = list(stretches(layer.zone, layer.hours, begin, end))
    for turn in _turns(layer, begin, end):
        for opens_at, closes_at in open_hours:
            starts_at, stops_at = max(turn.begins_at, opens_at), min(turn.ends_at, closes_at)
            if starts_at < stops_at:
                yield Stint(turn.who, starts_at, stops_at)


def _turns(layer: RotaLayer, begin: datetime, end: datetime) -> Iterator[Stint]:
    first = datetime.combine(first_day(layer), layer.hands_over_at)
    number = max((wall_clock(layer.zone, begin) - first - DAY) // layer.every, 0)
    begins_at = _handed_over_at(layer, first, number)
    while begins_at < end:
        ends_at = _handed_over_at(layer, first, number + 1)
        if begins_at < ends_at and ends_at > begin:  # a turn may fall into the hour that a spring night skips
            yield Stint(layer.rota[number % len(layer.rota)], begins_at, ends_at)
        number, begins_at = number + 1, ends_at


def _handed_over_at(layer: RotaLayer, first: datetime, number: int) -> datetime:
    """The wall's clock counts: so many turns later it shows that."""
    there = first + number * layer.every
    return wall_moment(layer.zone, there.date(), there.time())


def first_day(layer: RotaLayer) -> date:
    """On which the first turn begins: the day that it counts from lies in it."""
    assert layer.counts_from is not None
    if layer.hands_over_on is None:
        return layer.counts_from
    back = (layer.counts_from.weekday() - WEEKDAYS.index(layer.hands_over_on)) % 7
    return layer.counts_from - timedelta(days=back)
