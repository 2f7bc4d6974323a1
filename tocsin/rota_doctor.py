"""`tocsin doctor on-call`: is somebody on call in the two weeks ahead, and can a pager reach them?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from chat.doctor import Examined
from starter.desk.on_call import rosters
from starter.desk.on_call_answers import PostOnCall
from workflows.policy.rota.coverage import COVERED_FOR, CoverageGap, coverage
from workflows.policy.rota.reached import Reachability
from workflows.policy.rota.shifts import ahead
from workflows.policy.runbook.model import Runbook

REMEDY = {
    "nobody": "a swap (tocsin on-call override), or another layer of the rota",
    "twice": "let one of the two be somebody else",
    "unreachable": "give them a key at a pager, or give one to the post",
    "missing": "set it where the workers run, or take the way out of the runbook",
}

NAMED_THERE = "give somebody the shift in PagerDuty"


def covered(
    books: Mapping[str, Runbook],
    found: Sequence[PostOnCall],
    reached: Callable[[Runbook], Reachability | None],
    now: datetime,
) -> list[Examined]:
    """A line for each post, or for each thing that is missing of it; and for whoever is called and holds none."""
    seen: list[Examined] = []
    for name in books:
        of_it = [each for each in found if each.runbook == name]
        end = now + COVERED_FOR
        held = {post: ahead(shifts, now, end) for post, shifts in rosters(of_it).items()}
        gaps = coverage(books[name], held, now, end, reached(books[name]))
        for each in of_it:
            seen += _of_post(books[name], each, [gap for gap in gaps if gap.post == each.post], now)
        seen += [_missing(books[name], gap, now) for gap in gaps if gap.post not in held]
    return seen or [Examined(what="rotas", well=True, said="no runbook has a post that somebody holds in turns")]


def _of_post(book: Runbook, found: PostOnCall, missing: Iterable[CoverageGap], now: datetime) -> list[Examined]:
    what = f"{found.runbook}/{found.post}"
    said = [_missing(book, gap, now, found.zone) for gap in missing]
    amiss = (each for each in (found.problem, found.remark) if each)
    said += [Examined(what=what, well=False, said=each, remedy="see docs/on-call.md") for each in amiss]
    who = found.now.name if found.now and found.now.who else "nobody"
    return said or [Examined(what=what, well=True, said=f"{who} now, and somebody for {COVERED_FOR.days} days")]


def _missing(book: Runbook, gap: CoverageGap, now: datetime, zone: str = "UTC") -> Examined:
    rota = book.people[gap.post].on_call if gap.post in book.people else None
    remedy = NAMED_THERE if gap.kind == "nobody" and rota and rota.pagerduty else REMEDY[gap.kind]
    return Examined(what=f"{book.runbook}/{gap.post}", well=False, said=gap.in_words(zone, now), remedy=remedy)
