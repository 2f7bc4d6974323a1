"""In a drill an incident's own time is compressed; what stands on a page goes by the clock on the wall. Rows of lists
do so already."""

from datetime import datetime


def on_the_wall(at: datetime, own_now: datetime, real_now: datetime, speed: float) -> datetime:
    """A moment of an incident of which is only known what its own clock shows now."""
    return at if speed == 1.0 else real_now + (at - own_now) / speed
