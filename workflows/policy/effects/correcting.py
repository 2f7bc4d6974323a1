"""Words that stand on the status page can be changed there."""

from workflows.policy.wire.model import Wire


class Correcting(Wire):
    """An update that says nothing new: it takes the place of the words of an earlier one, which is marked there."""

    corrects: str = ""
    """The vendor key of that update; empty: it is news."""
    before: str = ""
    """How that update begins, as it stands there."""
