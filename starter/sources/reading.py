"""What a source's translator makes of a webhook: alerts as their sender put them. No runbook is known here."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workflows.policy.incident.alert import Ends
from workflows.policy.runbook.names import Meaning

LabelledLinks = tuple[tuple[str, str], ...]
"""(label, address), the most useful first."""


@dataclass(frozen=True)
class Webhook:
    """One request, as far as translators and checks may see it."""

    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    query: Mapping[str, str] = field(default_factory=dict)
    sender: str = "?"
    """The network address that it came from."""
    packed: bytes = b""
    """The body as it came, where it came compressed: some sign this."""
    whole: bool = True
    """False: it goes on, and nobody reads so much, or it ends in the middle."""
    left_out: int = 0
    """How many alerts of the body were left out, because it is too long or ends in the middle."""

    @property
    def digest(self) -> str:
        """Names this body. Where the body alone is signed, nothing beside it says that it is another delivery: whoever
        recorded a request can send it again under any header."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def installation(self) -> str:
        """Which of several installations of the same sender this is, as its address says."""
        return self.query.get("installation", "")


@dataclass(frozen=True)
class FieldProblem:
    """One field of a delivery that could not be used."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class UnnamedProblems(FieldProblem):
    """Stands for as many more, of which none was built."""

    number: int = 1


@dataclass(frozen=True)
class SentAlert:
    """One alert in its sender's words. Texts are cleaned and cut when it is grouped: give them as they came."""

    group: str
    """The sender's own name for what belongs together: one group is one incident. Never changes while it fires."""
    fingerprint: str
    """What is wrong: the same when it repeats and when it resolves, another for another alert."""
    name: str
    status: Literal["firing", "resolved"] = "firing"
    summary: str = ""
    severity: str = ""
    """The sender's word, for the runbook's `intake` to understand; empty: a label may say it."""
    severity_field: str = "severity"
    """Where the word stands in the body."""
    severity_otherwise: Meaning | None = None
    """What the word means at this sender, where the runbook does not know it and it is not what everybody else means
    by it (`starter.runbooks.vocabulary`)."""
    service: str = ""
    """What the sender calls the thing that is broken, if it says so."""
    labels: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    """When this episode began; a repeat bears the same time. None: when it arrived."""
    dated: bool = True
    """False: `starts_at` is the time of this message, and a repeat bears its own."""
    link: str = ""
    """Where to look first."""
    links: LabelledLinks = ()
    """For the incident's head: runbook, dashboard, ..."""
    shown_group: str | None = None
    """The group's name as everybody may read it, where that differs: it stands in the workflow's id."""
    unreadable: bool = False
    """Not of the sender but about it: it sends what cannot be read. An incident of its own, whatever alerts are grouped
    by."""
    ends: Ends = "by-sender"
    """`never`: what sends this does not say by itself when it is over, so that its silence means nothing."""


@dataclass(frozen=True)
class Reading:
    """All that one request brought."""

    alerts: tuple[SentAlert, ...] = ()
    tenant: str = ""
    """Which of several installations or customers of the same sender; keeps their groups apart."""
    truncated: int = 0
    """How many more alerts there are, of which nothing is known but that."""
    ended_at: datetime | None = None
    """The group has ended as a whole, also what is not listed: when the last of what is listed did."""
    problems: tuple[FieldProblem, ...] = ()
    ungrouped: tuple[FieldProblem, ...] = ()
    """What else is to be said where the runbook does not group its alerts: the sender did not, either."""
    unusable: tuple[FieldProblem, ...] = ()
    """Why some of its alerts cannot be used, although others can: one of the `problems` for each of them."""
    unread: int = 0
    """How many alerts it brought of which nothing could be read; then one of `alerts` says so."""
    delivery_id: str = ""
    """The same when the sender sends the same thing again; empty if it has none."""
    ignored: str = ""
    """Why there is nothing to do: a ping, a success of what has never failed, ..."""
    unreadable: str = ""
    """Why nothing in it can be read; then its one alert says so."""


class Unreadable(Exception):
    """Nothing in the body can be used."""

    def __init__(self, message: str, problems: Sequence[FieldProblem] = (), *, is_json: bool = True) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        self.is_json = is_json

    @property
    def status(self) -> int:
        """What a sender is answered who does not send alerts."""
        return 422 if self.is_json else 400
