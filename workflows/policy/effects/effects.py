"""What may be asked of the world: one frozen model for each kind of effect.

The core says *what* (whom, where, which template, why); `workflows.texts.render` turns that into words; the runner
puts both into a `Send` and hands it to an activity. A `Receipt` is all that comes back.

Names only: a person is `vp-engineering`, a channel is `#incidents`. Which PagerDuty key or Slack user that is, only the
adapter knows (rule 10).
"""

from typing import Annotated, Literal

from pydantic import Field

from workflows.policy.effects.about_ring import AboutRing
from workflows.policy.effects.card import CardLine, KeptFacts
from workflows.policy.effects.correcting import Correcting
from workflows.policy.effects.offers import Offer
from workflows.policy.effects.proof import RingProof
from workflows.policy.rota.shift import Shift
from workflows.policy.runbook.impact import Impact
from workflows.policy.runbook.names import PublicStatus
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.runbook.reach import ReachStep
from workflows.policy.wire.model import Instant, Wire


class Page(Wire):
    """Ring one person. Each ring has a vendor key of its own: an open key rings nobody a second time."""

    kind: Literal["page"] = "page"
    to: str
    tier: int
    round: int
    round_started_at: Instant
    template: str = "page"
    supersedes: tuple[str, ...] = ()
    """Vendor keys of this person's older rings: resolved first, so that the pager shows one alert, not ten."""
    not_through: tuple[str, ...] = ()
    """Fingerprints of routes that rejected this person twice: refused without asking the vendor again."""
    way: str = ""
    address: str = ""
    """By which way, to whichever of its addresses; empty: by the first pager that knows them, to their own."""


class SyncPager(AboutRing):
    """Acknowledge or resolve one ring at the pager, because that happened here."""

    kind: Literal["hush"] = "hush"
    become: Literal["acknowledged", "resolved"]
    template: str = "hush"
    """Why: left there as a note, where it is resolved."""


class Annotate(AboutRing):
    """Leave something on one ring at the pager: a note, where the person who was rung will read it, a status update for
    those who follow it there, or how grave it is."""

    kind: Literal["annotate"] = "annotate"
    template: str = "annotate"
    what: Literal["note", "status update", "rating"] = "note"
    severity: str = ""
    """Of a rating, and ..."""
    urgency: Literal["high", "low", ""] = ""
    """... how urgent it is; empty: as it was."""


class ConfirmRing(AboutRing):
    """Find out what became of a ring at the pager. Its receipt says whom it reached. No page waits for it."""

    kind: Literal["confirm"] = "confirm"


class AskOnCall(Wire):
    """Find out who holds a post. Its receipt says who, and until when. No page waits for it."""

    kind: Literal["on-call"] = "on-call"
    to: str
    terms: OnCall
    at: Instant
    """At which moment."""
    people: dict[str, str] = {}
    """Names of the runbook's people by their keys: one of them may be meant by what is found."""


class Destination(Wire):
    """Where a message goes: a channel (`#name`, or an id that `OpenChannel` produced) and maybe a thread in it."""

    channel: str
    thread: str | None = None


class OpenChannel(Wire):
    """Create the incident's own channel. Its receipt's reference is the channel id."""

    kind: Literal["channel"] = "channel"
    name: str
    """Without `#`; at most 80 characters of [a-z0-9_-]."""
    private: bool = False
    template: str = "topic"


class SetTopic(Wire):
    """Write the incident's headline over a channel."""

    kind: Literal["topic"] = "topic"
    channel: str
    template: str = "topic"


class Post(Wire):
    """A message in a channel or thread. Its receipt's reference is `channel-id:timestamp`."""

    kind: Literal["post", "nag", "draft", "checklist"] = "post"
    to: Destination
    template: str
    mention: tuple[str, ...] = ()
    """People, by name: the adapter turns each into a real mention. Nothing else in the text can ping anybody."""
    pin: bool = False
    role: str | None = None
    """The role that owes the answer (nag, draft, checklist)."""
    offers: tuple[Offer, ...] = ()
    """What can be done from the message itself."""
    facts: KeptFacts | None = None
    """Of a message that is kept true: what it shows beside its text."""


class Card(Wire):
    """Bring a message that was posted before up to date, in its place. Its receipt has a reference only if somebody had
    deleted it, and it was posted again."""

    kind: Literal["card"] = "card"
    message: str
    """The reference of the post."""
    to: Destination
    """Where it stood."""
    template: str
    pin: bool = False
    offers: tuple[Offer, ...] = ()
    facts: KeptFacts | None
    may_post: bool
    """It has not been posted again before."""


class Invite(Wire):
    """Bring a person into the incident's own channel."""

    kind: Literal["invite"] = "invite"
    channel: str
    to: str


class Publish(Correcting):
    """Say it on the status page. Its receipt's reference is the page's incident id."""

    kind: Literal["publish"] = "publish"
    status: PublicStatus
    template: str
    words: str | None = None
    """A human's own words, instead of the template's."""
    approved: bool = False
    """Somebody has read the text as it stands, and lets it out."""
    page_incident: str | None = None
    """The page's incident to update; None creates one (or finds the one that bears our incident id)."""
    components: tuple[str, ...] = ()
    """What is affected, by names that the runbook lists for the public."""
    impact: Impact = "none"


class Email(Wire):
    """One mail to one audience, whose members do not see each other. Its receipt's reference is the Message-ID."""

    kind: Literal["email"] = "email"
    to: str
    """An audience of the runbook, or an address."""
    name: str = ""
    """How that audience is called in front of its members."""
    addresses: tuple[str, ...] = ()
    """Of that audience: data of the runbook, not a secret."""
    public: bool = False
    """For people outside: its subject, too, holds nothing that an alert said."""
    approved: bool = False
    """Somebody has read the text as it stands, and lets it out."""
    template: str
    role: str | None = None
    """The role that owes it, and is asked to do it by hand where there is no other way."""
    words: str | None = None
    """A human's own words, instead of the template's."""


class WriteDocument(Wire):
    """Write, or bring up to date, one document of the incident. Its receipt's reference is the document's address."""

    kind: Literal["document"] = "document"
    name: str
    """Unique within the incident: the name of the duty that owes it."""
    to: str = ""
    """On which shelf, for people; empty: none in particular."""
    address: str | None = None
    """Where it was written before."""
    template: str
    role: str | None = None
    words: str | None = None


class Ticket(Wire):
    """Open, comment or close a ticket. Its receipt's reference is the ticket's key."""

    kind: Literal["ticket"] = "ticket"
    action: Literal["create", "comment", "close"] = "create"
    ticket: str | None = None
    """The one to comment or close."""
    to: str = ""
    """The tracker or board, for people."""
    template: str
    role: str | None = None
    words: str | None = None


OutsideEffect = Email | WriteDocument | Ticket
"""What a duty sends by a way of its own. Each has `to`, `role` and `words`, and is done by hand where that is not."""
PagerEffect = Page | SyncPager | Annotate | ConfirmRing
Effect = Annotated[
    PagerEffect | AskOnCall | OpenChannel | SetTopic | Invite | Post | Card | Publish | OutsideEffect,
    Field(discriminator="kind"),
]


class Send(Wire):
    """One effect, ready to go: everything that an activity needs, and nothing secret."""

    incident: str
    key: str
    """Stable over retries, worker crashes and continue-as-new; unique in the incident."""
    vendor_key: str
    """`key` made unique in the world: what the vendor de-duplicates by, or what we look for there."""
    effect: Effect
    subject: str
    """One line: a page's summary, a status page incident's name."""
    text: str
    """The message, plain text: the adapter escapes it and cuts it to the vendor's limits."""
    links: tuple[tuple[str, str], ...] = ()
    """(label, URL) pairs that a page carries to a phone, or a mail. One of ours has no host: the worker knows that."""
    severity: str = "sev1"
    runbook: str = ""
    channel: str = ""
    """Of a page: where it is talked of."""
    labels: dict[str, str] = {}
    """Of a page: what alerts are searched and routed by."""
    post: AskOnCall | None = None
    """Of a page to a post: how it is found out who is rung, if no pager knows the post itself."""
    holder: Shift | None = None
    """The last that is known of that."""
    first_ways: dict[str, ReachStep] = {}
    """Of a page to a post: by which way each of those is rung first who may hold it."""
    beside: tuple[str, ...] = ()
    """Of a page: vendor keys of rings that stand open at a pager, the newest first."""
    rang: str = ""
    """Of a ring that is acknowledged, resolved or noted on: whom it rang in the stead of the post."""
    address: str = ""
    """Where the incident can be looked at. The worker knows that, and no workflow does."""
    answer: str = ""
    """Of a page: where it is answered. Whoever has this address may acknowledge, so only the worker knows it."""
    card: tuple[CardLine, ...] = ()
    """Of a message that is kept true: what it shows below its text, in words."""
    names: dict[str, str] = {}
    """How the people whom it mentions or invites are called, and the post that it rings ..."""
    addresses: dict[str, str] = {}
    """... and where they get e-mail, by which a chat may know them."""
    zone: str = "UTC"
    """In which the people of this runbook live."""
    due_at: Instant | None = None
    """When it should have gone out, by the wall clock: what comes late says so."""
    again: bool = False
    """Begun before (a killed worker, continue-as-new): look at the vendor first, only then send."""
    nothing_there: bool = False
    """Nothing of this incident can stand on the status page yet, so nobody need look for it."""
    first_started_at: Instant | None = None
    """Real time at which this key was first begun: how far back that look has to go."""


class Receipt(Wire):
    """What the vendor answered."""

    reference: str | None = None
    name: str | None = None
    """How people call what was made: a channel's name, of which the vendor has the last word."""
    link: str | None = None
    """Where people get to a channel."""
    note: str | None = None
    warns: bool = False
    """A remark for the timeline, such as `adopted the existing channel`; and whether somebody must see it."""
    on_call: Shift | None = None
    on_call_as_of: Instant | None = None
    """Who holds the post that was asked about; and when that was found out, None: just now."""
    rang: str = ""
    """Who was rung in the stead of a post."""
    followed: bool = False
    """Of a page: its pager can be asked what became of it; `polled`: and tells nobody of an answer unless it is."""
    polled: bool = False
    proof: RingProof | None = None
