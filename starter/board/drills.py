"""Rows of drills: their own time is compressed, and a countdown goes by the clock on the wall."""

from datetime import datetime

from starter.temporal.results import Summary


def in_real_time(row: Summary, speed: float) -> Summary:
    """`speed`: of the running installation, with which it was declared unless that has been started anew since."""
    if not row.drill or speed == 1.0:
        return row

    def real(at: datetime | None) -> datetime | None:
        return None if at is None else row.started_at + (at - row.started_at) / speed

    return row.model_copy(update={"next_duty_at": real(row.next_duty_at), "updated_at": real(row.updated_at)})
