"""Who is on call, as people are told, and a swap as they say it. Imports nothing of Temporal's."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from workflows.policy.time.durations import Duration
from workflows.policy.wire.model import Instant


class NamedShift(BaseModel):
    """A stretch of time and who is on call in it."""

    who: str
    """A person of the runbook, or a name as it stands elsewhere; empty: nobody."""
    name: str
    begins_at: datetime
    ends_at: datetime | None
    """None: as far as is known."""


class NamedOverride(BaseModel):
    """A stretch that somebody takes of another's shift, and who said so."""

    who: str
    begins_at: datetime
    ends_at: datetime
    by: str
    name: str = ""
    by_name: str = ""
    """Both as people know them. Empty: by a gateway of another version, or nobody is known to have said it."""


class PostOnCall(BaseModel):
    """Who holds a post, now and in the days ahead."""

    runbook: str
    post: str
    name: str
    zone: str
    now: NamedShift | None
    """None: it is not known."""
    next: NamedShift | None
    shifts: tuple[NamedShift, ...]
    as_of: datetime | None = None
    """When it was found out, if it does not stand in the runbook."""
    problem: str = ""
    """Why it is not known any better."""
    remark: str = ""
    """What could not be read where it is known from."""
    overrides: tuple[NamedOverride, ...] = ()


def post_title(post: PostOnCall, among: Sequence[PostOnCall]) -> str:
    """With its runbook, where others are called the same."""
    alike = [each for each in among if each.name == post.name]
    return f"{post.name} ({post.runbook})" if len(alike) > 1 else post.name


class OverrideRequest(BaseModel):
    """What somebody says who takes a stretch of another's shift."""

    model_config = ConfigDict(frozen=True)

    who: str = Field(min_length=1)
    begins_at: Instant | None = None
    """Now if left out."""
    duration: Duration = timedelta(hours=1)
    runbook: str = ""
    """The installation's default if left out."""
