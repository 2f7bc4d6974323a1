"""`tocsin doctor on-call`: is somebody on call in the two weeks ahead, and can a pager reach them?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chat.doctor import Examined
from starter.desk.on_call import rosters
from starter.desk.on_call_answers import PostOnCall
from workflows.policy.rota.coverage import COVERED_FOR, CoverageGap, coverage
from workflows.policy.runbook.model import Runbook

REMEDY = {
    "nobody": "a swap (tocsin on-call override), or another layer of the rota",
    "twice": "let one of the two begin with somebody else",
    "unreachable": "give them a key at a pager, or give one to the post",
}


def covered(
    books: Mapping[str, Runbook], found: Sequence[PostOnCall], reached: frozenset[str], now: datetime
) -> list[Examined]:
    """A line for each post, or for each thing that is missing of it."""
    seen: list[Examined] = []
    for name in dict.fromkeys(each.runbook for each in found if each.runbook in books):
        of_it = [each for each in found if each.runbook == name]
        gaps = coverage(books[name], rosters(of_it), now, now + COVERED_FOR, reached)
        for each in of_it:
            seen += _of_post(each, [gap for gap in gaps if gap.post == each.post], now)
    return seen or [Examined(what="rotas", well=True, said="no runbook has a post that somebody holds in turns")]


def _of_post(found: PostOnCall, missing: Iterable[CoverageGap], now: datetime) -> list[Examined]:
    what = f"{found.runbook}/{found.post}"
    said = [
        Examined(what=what, well=False, said=gap.in_words(found.zone, now), remedy=REMEDY[gap.kind]) for gap in missing
    ]
    if found.problem:
        said.append(Examined(what=what, well=False, said=found.problem, remedy="see docs/on-call.md"))
    who = found.now.name if found.now and found.now.who else "nobody"
    return said or [Examined(what=what, well=True, said=f"{who} now, and somebody for {COVERED_FOR.days} days")]
