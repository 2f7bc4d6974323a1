"""What is done to a ring that stands open at a pager has this in common."""

from workflows.policy.wire.model import Wire


class AboutRing(Wire):
    """Done to one ring, at the pager that it rang by."""

    to: str
    ring: str
    """The vendor key of the ring."""
    way: str = ""
    address: str = ""
    reference: str = ""
    """What the page is called there, where it is asked about, or changed, by that."""
