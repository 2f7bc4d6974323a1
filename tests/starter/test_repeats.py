"""What an open incident knows of an alert is not told to it again."""

from datetime import timedelta

from starter.intake.repeats import Repeats
from tests.starter.sources.webhooks import NOW
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived


def test_without_a_start_time_a_repeat_is_told_lean_until_it_has_ended() -> None:
    repeats, told_whole = Repeats(), []
    for minutes, status in enumerate(("firing", "firing", "resolved", "firing", "firing")):
        alert = Alert.model_validate(
            {
                "fingerprint": "f",
                "status": status,
                "starts_at": NOW + timedelta(minutes=minutes),
                "dated": False,
                "labels": {"region": "eu-1"},
            }
        )
        whole = AlertsReceived(alerts=(alert,))
        (thin,) = repeats.thinned("incident-generic-a", (whole,))
        repeats.remember("incident-generic-a", (whole,))
        told_whole.append(thin == whole)
    assert told_whole == [True, False, True, True, False]
