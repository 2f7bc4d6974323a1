"""Runbooks, events and fates of sends for Hypothesis: within validity, and small enough that things collide."""

from datetime import datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from tests.policy.builders import FLAGS, PEOPLE, T0, alert, alerts, at, minutes, runbook, severity, tier
from tests.policy.shell import Fate
from workflows.policy.incident.alert import Ends
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.names import Until as Unless
from workflows.policy.runbook.terms import Tier

people = st.sampled_from(sorted(PEOPLE))
flags = st.sampled_from(FLAGS)
roles = st.sampled_from(["commander", "communications", "scribe"])
phases = st.sampled_from(["investigating", "identified", "monitoring", "resolved"])
severities: st.SearchStrategy[SeverityName] = st.sampled_from(["sev1", "sev2"])
spans = st.sampled_from([0, 1, 5, 10, 30, 45])


@st.composite
def tiers(draw: st.DrawFn) -> Tier:
    who = draw(st.lists(people, max_size=2))
    unless: Unless = draw(st.sampled_from(get_args(Unless)))
    condition = draw(st.one_of(st.just(()), st.just(()), flags.map(lambda flag: (flag,))))
    again = draw(st.sampled_from(get_args(Tier.model_fields["again"].annotation)))
    return tier(*who, after=draw(spans), unless=unless, flags=condition, again=again)


conditions = st.fixed_dictionaries({"flags": st.lists(flags, max_size=1), "without": st.lists(flags, max_size=1)})
cadences = st.fixed_dictionaries(
    {"every": st.sampled_from(["1m", "15m"]), "owner": roles, "remind": st.sampled_from(["0m", "3m"])}
)
status_pages = st.fixed_dictionaries(
    {
        "owner": roles,
        "first": st.sampled_from(["0m", "10m"]),
        "every": st.sampled_from([None, "20m"]),
        "automatic": st.lists(phases, max_size=4),
        "anyway_after": st.sampled_from([None, "0m", "7m"]),
        "when": conditions,
    }
)
duties = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["fix", "tell", "channel"]),
        "kind": st.sampled_from(["post", "nag", "checklist", "email", "ticket", "document"]),
        "template": st.sampled_from(["checklist", "war_room", "no-such-text"]),
        "at": st.sampled_from(["declared", "acknowledged", "identified", "mitigated", "resolved"]),
        "after": st.sampled_from(["0m", "12m"]),
        "owner": st.one_of(st.none(), roles),
        "when": conditions,
    }
)


@st.composite
def rules(draw: st.DrawFn) -> Severity:
    return severity(
        *draw(st.lists(tiers(), min_size=1, max_size=3)),
        within=draw(st.sampled_from([None, 1, 5, 15])),
        expires_after=draw(st.sampled_from([None, 10, 60])),
        repeat_after=draw(st.sampled_from(["5m", "20m"])),
        own_channel=draw(st.booleans()),
        roles=draw(st.lists(roles, max_size=2, unique=True)),
        updates=draw(st.one_of(st.none(), cadences)),
        status_page=draw(st.one_of(st.none(), status_pages)),
        duties=draw(st.lists(duties, max_size=3, unique_by=lambda duty: str(duty["id"]))),
        verify_for=draw(st.sampled_from(["0m", "15m"])),
    )


@st.composite
def runbooks(draw: st.DrawFn) -> Runbook:
    known: dict[SeverityName, Severity] = draw(st.dictionaries(severities, rules(), min_size=1))
    return runbook(known, intake={"resolve_with_alerts": draw(st.booleans())})


single_alerts = st.builds(
    lambda fingerprint, status, since, ends: alert(fingerprint, status=status, since=since, ends=ends, group="g"),
    st.sampled_from(["f1", "f2"]),
    st.sampled_from(["firing", "resolved"]),
    st.sampled_from([-5, 0, 10, 30]),
    st.sampled_from(get_args(Ends)),
)
group_ends: st.SearchStrategy[dict[str, datetime]] = st.sampled_from([{}, {}, {}, {"g": at(0)}, {"g": at(30)}])
batches = st.builds(
    lambda batch, ended: alerts(*batch).model_copy(update={"ended": ended}),
    st.lists(single_alerts, max_size=2),
    group_ends,
)
rings = st.sampled_from(
    ["", "incident-1/20260302-0900-k7/escalate/1/alice/1", "incident-1/20260302-0900-k7/overdue/1/alice/1"]
)

writings: st.SearchStrategy[Event] = st.one_of(
    st.builds(Noted, text=st.just("hm")),
    st.builds(FlagChanged, flag=flags, on=st.booleans()),
    st.builds(RoleAssigned, role=roles, person=people),
)
"""What has nothing to do with alerts."""

commands: st.SearchStrategy[Event] = st.one_of(
    writings,
    st.builds(Acknowledged, ring=rings),
    st.builds(Resolved, ring=rings),
    st.builds(SeverityChanged, severity=severities),
    st.builds(Escalated, to=st.sampled_from(["1", "2", "bob", "nobody"])),
    st.builds(HandedOff, to=people),
    st.builds(
        UpdatePosted,
        text=st.sampled_from(["a", "b"]),
        public=st.booleans(),
        phase=st.sampled_from([None, "investigating", "identified", "monitoring"]),
    ),
    st.builds(DraftApproved, text=st.sampled_from(["", "c"])),
    st.builds(PublicCorrected, text=st.sampled_from(["a", "c"])),
    st.builds(Mitigated),
    st.builds(Reopened, ring=rings),
    st.builds(Cancelled),
    st.builds(Snoozed, duration=st.sampled_from([timedelta(minutes=1), timedelta(hours=1)])),
)
events = st.one_of(commands, commands, batches)
scripts = st.lists(st.tuples(st.sampled_from([0, 0, 0.005, 1, 5, 12, 61]), events), max_size=8)
"""Events, and how many minutes after the one before each comes."""

outcomes = st.one_of(
    st.just(Fate()),
    st.just(Fate()),
    st.builds(
        Fate,
        st.sampled_from(["done", "rejected", "undelivered", "unconnected"]),
        st.sampled_from([minutes(0), minutes(0.5), minutes(4), minutes(30)]),
    ),
    st.just(Fate(None)),
)

moments = st.one_of(
    st.sampled_from([at(-10), at(0), at(3)]).map(lambda moment: moment.isoformat()),
    st.datetimes(timezones=st.timezones() | st.none()).map(lambda moment: moment.isoformat()),
)
words = st.text(max_size=40)
raw_alerts = st.fixed_dictionaries({"fingerprint": words, "starts_at": moments}, optional={"name": words})
raw_commands = st.tuples(
    st.sampled_from(sorted(INCIDENT_SIGNALS)),
    st.fixed_dictionaries(
        {},
        optional={
            "at": moments, "id": words, "by": words, "via": words, "text": words, "reason": words, "to": words,
            "ring": words, "person": words, "role": roles, "flag": flags, "on": st.booleans(), "phase": phases,
            "severity": st.sampled_from(["sev1", "sev2", "sev3", "sev4"]), "public": st.booleans(),
            "duration": st.sampled_from(["1m", "7d", "PT1H"]),
            "alerts": st.lists(raw_alerts, max_size=2),
        },
    ),
)  # fmt: skip
"""What may come over the wire: a name, and fields that may or may not belong to it."""

later = st.sampled_from([T0, at(7), at(100)])
