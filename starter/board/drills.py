"""In a drill an incident's own time is compressed; what stands on a page goes by the clock on the wall."""

from datetime import datetime

from starter.temporal.results import Summary


def on_the_wall(at: datetime, own_now: datetime, real_now: datetime, speed: float) -> datetime:
    """A moment of an incident of which is only known what its own clock shows now."""
    return at if speed == 1.0 else real_now + (at - own_now) / speed


def in_real_time(row: Summary, speed: float) -> Summary:
    """`speed`: of the running installation, with which it was declared unless that has been started anew since."""
    if not row.drill or speed == 1.0:
        return row

    def real(at: datetime | None) -> datetime | None:
        return None if at is None else row.started_at + (at - row.started_at) / speed

    return row.model_copy(update={"next_duty_at": real(row.next_duty_at), "updated_at": real(row.updated_at)})
