"""What `company.yaml` promises for a SEV-1 that nobody answers at first: the demo fails if any of it did not happen, or
in another order. How late it was is the machine's affair: that is shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from tocsin.demo.commentary import DemoSent
from tocsin.demo.stage import DemoSandbox
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.keys.duty_keys import DutyKind, duty_key, duty_of
from workflows.policy.time.durations import MINUTE

SLOW_FROM = timedelta(seconds=2)
"""Real time. What comes after something as late as that may count from it, or be gathered into one."""
ON_CALL = duty_key(DutyKind.ESCALATE, "on-call", 1)
ON_CALL_AGAIN = duty_key(DutyKind.OVERDUE, "on-call", 1)
VP_ENGINEERING = duty_key(DutyKind.ESCALATE, "vp-engineering", 2)


@dataclass(frozen=True)
class DemoOutcome:
    """Everything that the demo knows when it is over."""

    incident: Incident
    sent: tuple[DemoSent, ...]
    sandbox: DemoSandbox
    acknowledged_by: str

    @property
    def pages(self) -> tuple[DemoSent, ...]:
        return tuple(sent for sent in self.sent if duty_of(sent.duty).is_page)

    @property
    def is_slow(self) -> bool:
        return any(sent.settlement.late >= SLOW_FROM for sent in self.sent)

    def was_sent(self, duty: str, due: timedelta) -> bool:
        """Never before its time; after it only on a slow machine."""
        done = [s.due for s in self.sent if (s.duty, s.settlement.outcome) == (duty, "done")]
        return any(due - MINUTE < each and (each < due + MINUTE or self.is_slow) for each in done)

    def were_in_order(self, *duties: str) -> bool:
        sent_at = [s.settlement.sent_at for duty in duties for s in self.sent if s.duty == duty]
        return sent_at == sorted(sent_at)


def unmet(outcome: DemoOutcome) -> list[str]:
    """The promises that were broken, in words."""
    return [promise for promise, is_kept in _promises(outcome) if not is_kept]


def _promises(o: DemoOutcome) -> Iterator[tuple[str, bool]]:
    incident, sandbox = o.incident, o.sandbox
    yield "it is a SEV-1", incident.severity == "sev1"
    yield "the on-call engineer is paged at once", o.was_sent(ON_CALL, 0 * MINUTE)
    yield "and again at T+5m, because nobody acknowledged", o.was_sent(ON_CALL_AGAIN, 5 * MINUTE)
    yield "VP Engineering is paged at T+30m", o.was_sent(VP_ENGINEERING, 30 * MINUTE)
    yield "they are paged in this order", o.were_in_order(ON_CALL, ON_CALL_AGAIN, VP_ENGINEERING)
    yield "no page is doubled at PagerDuty", _all_differ(ring.dedup_key for ring in sandbox.rings)
    yield "every page that was sent has rung", len(sandbox.rings) == len(o.pages)
    yield "the incident has a channel of its own", any(incident.id in channel.name for channel in sandbox.channels)
    for minutes in (15, 30, 45):
        yield f"an update falls due at T+{minutes}m", o.was_sent(duty_key(DutyKind.UPDATE), minutes * MINUTE)
    yield "an acknowledgement pressed in Slack arrives here", incident.acknowledged_by == o.acknowledged_by
    yield "whoever takes the command in Slack has it", incident.roles.get(COMMANDER_ROLE) == o.acknowledged_by
    yield (
        "the status page tells beginning and end",
        [*sandbox.published[:1], *sandbox.published[-1:]]
        == [
            "investigating",
            "resolved",
        ],
    )
    yield "every ring is resolved at PagerDuty", all(i.status == "resolved" for i in sandbox.pagerduty_incidents)
    yield "it is watched for 15m before it closes", _watched(incident) >= 15 * MINUTE


def _all_differ(keys: Iterable[str]) -> bool:
    seen = list(keys)
    return len(seen) == len(set(seen))


def _watched(incident: Incident) -> timedelta:
    if incident.closed_at is None or incident.resolved_at is None:
        return timedelta()
    return incident.closed_at - incident.resolved_at
