"""What people do to our pages at the pager, besides answering them."""

from typing import Annotated, Literal

from pydantic import Field

from workflows.policy.incident.events import Event
from workflows.policy.wire.bounded import ForeignName, Text


class ChangedAtPager(Event):
    """People did something to a page at the pager that is no answer to it: somebody else may have it there now."""

    kind: Literal["at_pager"] = "at_pager"
    ring: Text = ""
    """The vendor key of the page."""
    text: Text = ""
    """What was done, in words."""
    automatic: bool = False
    """No person did this: it is no sign of life."""
    handed_to: Annotated[tuple[ForeignName, ...], Field(max_length=10)] = ()
    """Who has it there now ..."""
    unanswered: bool = False
    """... and has yet to answer: whoever had it before has it no more."""
    responder: ForeignName = ""
    """Who was asked to help there, or has said something to that ..."""
    reply: ForeignName = ""
    """... and what: `joined`, `declined`. Empty: was asked."""
    declined: bool = False
    """This very page asked somebody to help, and they have said no."""
    priority: ForeignName | None = None
    """To which it was changed; empty: to none."""
