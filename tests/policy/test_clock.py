"""Time compression is the shell's: the core only ever sees its own clock."""

from datetime import timedelta

from tests.policy.builders import T0, at
from workflows.durable.clock import Clock

FAST = Clock(T0, 60.0)


def test_at_speed_one_the_two_clocks_are_one() -> None:
    assert Clock(T0, 1.0).core(at(7)) == at(7)
    assert Clock(T0, 1.0).real(timedelta(minutes=7)) == timedelta(minutes=7)


def test_a_real_second_is_a_minute_of_the_incident() -> None:
    assert FAST.core(T0 + timedelta(seconds=30)) == at(30)


def test_a_timer_of_the_incident_takes_that_much_less() -> None:
    assert FAST.real(timedelta(minutes=30)) == timedelta(seconds=30)


def test_what_lies_before_the_opening_is_not_compressed() -> None:
    assert FAST.core(at(-5)) == at(-5)
    assert FAST.core(T0) == T0


def test_waiting_for_a_moment_arrives_at_it() -> None:
    moment = at(95)
    assert FAST.core(T0 + FAST.real(moment - T0)) == moment
