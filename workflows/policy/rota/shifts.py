"""Who is on call: shifts that tile the time, without a gap between them; where nobody is on call is a shift, too.

Three rules, in this order: an override wins, the newest of several; the first layer that has somebody counts; what is
left is a gap. The same for turns that are written in the runbook and for what is found elsewhere.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from workflows.policy.rota.shift import NOBODY, Override, Shift, Stint
from workflows.policy.rota.turns import stints
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.time.durations import DAY

SHIFT_KNOWN_FOR = 16 * DAY
"""So far ahead the end of a shift is looked for: what lasts longer has no end yet."""
LOOKED_AHEAD = (2 * DAY, SHIFT_KNOWN_FOR)
"""As a rule it is near."""


def shifts(rota: OnCall, begin: datetime, end: datetime, overrides: Sequence[Override] = ()) -> tuple[Shift, ...]:
    """From `begin` to `end`, by what the runbook itself says."""
    return tiled([list(stints(layer, begin, end)) for layer in rota.in_layers], begin, end, overrides)


def holder(rota: OnCall, at: datetime, overrides: Sequence[Override] = ()) -> Shift:
    """Who is on call then, and until when that stays so."""
    for ahead in LOOKED_AHEAD:
        found = open_ended(shifts(rota, at, at + ahead, overrides)[0], at + ahead)
        if found.ends_at is not None:
            break
    return found


def open_ended(shift: Shift, horizon: datetime) -> Shift:
    """How long it lasts is known up to there."""
    lasts = shift.ends_at is None or shift.ends_at >= horizon
    return shift.model_copy(update={"ends_at": None}) if lasts else shift


def tiled(
    layers: Iterable[Sequence[Stint]], begin: datetime, end: datetime, overrides: Sequence[Override] = ()
) -> tuple[Shift, ...]:
    """What several say, the first of them first, as shifts; one after the other of the same person are one. None of
    them says two things of one moment, and each says them in order of time."""
    newest_first = [[Stint(each.who, each.begins_at, each.ends_at)] for each in reversed(overrides)]
    claims = [*newest_first, *layers]
    edges = {begin, end}
    for claim in claims:
        edges.update(edge for stint in claim for edge in (stint.begins_at, stint.ends_at) if begin < edge < end)
    return tuple(_joined(_claimed(claims, sorted(edges))))


def _claimed(claims: Sequence[Sequence[Stint]], edges: Sequence[datetime]) -> Iterator[Stint]:
    left = [deque(claim) for claim in claims]
    for starts_at, stops_at in pairwise(edges):
        yield Stint(_first(left, starts_at), starts_at, stops_at)


def _first(left: Sequence[deque[Stint]], at: datetime) -> str:
    """What is over is not looked at again: moments are asked for in their order."""
    for claim in left:
        while claim and claim[0].ends_at <= at:
            claim.popleft()
        if claim and claim[0].begins_at <= at:
            return claim[0].who
    return NOBODY


def _joined(pieces: Iterable[Stint]) -> Iterator[Shift]:
    open_shift: Shift | None = None
    for piece in pieces:
        if open_shift is not None and open_shift.who == piece.who:
            open_shift = open_shift.model_copy(update={"ends_at": piece.ends_at})
            continue
        if open_shift is not None:
            yield open_shift
        open_shift = Shift(who=piece.who, begins_at=piece.begins_at, ends_at=piece.ends_at)
    if open_shift is not None:
        yield open_shift


def gaps(found: Iterable[Shift]) -> tuple[Shift, ...]:
    """The times in which nobody is on call."""
    return tuple(shift for shift in found if shift.who == NOBODY)


def ahead(found: Sequence[Shift], begin: datetime, end: datetime) -> tuple[Shift, ...]:
    """Those of them that lie between, cut to it."""
    lasting = (shift for shift in found if (shift.ends_at is None or shift.ends_at > begin) and shift.begins_at < end)
    return tuple(
        shift.model_copy(update={"begins_at": max(shift.begins_at, begin), "ends_at": min(shift.ends_at or end, end)})
        for shift in lasting
    )


def at_moment(found: Sequence[Shift], at: datetime) -> Shift | None:
    """Of shifts that tile some time, the one that holds it."""
    held = (shift for shift in found if shift.begins_at <= at and (shift.ends_at is None or at < shift.ends_at))
    return next(held, None)


def after(found: Sequence[Shift], at: datetime) -> Shift | None:
    """The next that begins."""
    return next((shift for shift in found if shift.begins_at > at), None)
