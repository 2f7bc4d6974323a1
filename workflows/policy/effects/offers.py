"""What whoever reads a message can do at once: a button, wherever the message is shown.

An offer is data of the message, as its text is. The adapter draws it as its vendor draws buttons and puts `Pressed`
into it; whatever receives the press reads `Pressed` back and lets the desk do it (`starter/desk/verbs.py`).
"""

from workflows.policy.wire.model import Wire


class Offer(Wire):
    verb: str
    """Of the desk: `ack`, `assign`, `severity`, ..."""
    label: str
    """On the button: `Acknowledge`, `Take command`."""
    group: str = "incidents"
    """Of the verb, where its name alone is not clear: `followups`, `reviews`, `obligations`."""
    said: dict[str, str] = {}
    """What is known beforehand of the verb's fields: `{"role": "commander"}`. A person's own name is never in it: that
    is whoever presses."""
    asks: bool = False
    """More must be said: the press opens a form."""
    confirm: str = ""
    """What is asked before it is done; empty: it is done at once."""
    command: str = ""
    """What does the same where no button can be shown."""
    ring: str = ""
    """The page that is answered by it, by its vendor key."""
    if_still: str = ""
    """The mark of the state that it is offered in (`incident/mark.py`): done only if that still holds. Empty: whatever
    it is like."""


class Pressed(Wire):
    """What travels in the button, and comes back with the press."""

    incident: str
    verb: str
    group: str = "incidents"
    said: dict[str, str] = {}
    asks: bool = False
    """As it was offered: a form is opened."""
    ring: str = ""
    """Of the page under which it stands: who answers an older one has not answered what is graver now."""
    if_still: str = ""
    """What the incident was like when this was offered; done only if it still is. Empty: whatever it is like."""
