"""Deliveries are remembered, not for ever and not without end."""

from datetime import UTC, datetime, timedelta

from starter.intake.replays import DELIVERIES_REMEMBERED, KEPT_FOR, Replays

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_delivery_is_known_by_source_and_id() -> None:
    replays = Replays()
    replays.remember("pagerduty", "1", NOW)
    assert replays.knows("pagerduty", "1", NOW)
    assert not replays.knows("pagerduty", "2", NOW)
    assert not replays.knows("github", "1", NOW)


def test_what_has_no_id_is_never_known() -> None:
    replays = Replays()
    replays.remember("alertmanager", "", NOW)
    assert not replays.knows("alertmanager", "", NOW)


def test_it_is_forgotten_when_the_sender_would_have_given_up() -> None:
    replays = Replays()
    replays.remember("pagerduty", "1", NOW)
    assert replays.knows("pagerduty", "1", NOW + KEPT_FOR)
    assert not replays.knows("pagerduty", "1", NOW + KEPT_FOR + timedelta(seconds=1))


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    replays = Replays()
    for number in range(DELIVERIES_REMEMBERED + 1):
        replays.remember("sentry", str(number), NOW)
    assert not replays.knows("sentry", "0", NOW)
    assert replays.knows("sentry", "1", NOW)
    assert replays.knows("sentry", str(DELIVERIES_REMEMBERED), NOW)
