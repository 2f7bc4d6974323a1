"""What this code makes of what runs: counted where it goes on, by name where it would stand still."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType

from tocsin.view.plain import plain
from worker.replaying import ReplayVerdict

HEADINGS = (
    ("breaks", True, "would stand still"),
    ("breaks", False, "closed already; one like it would stand still"),
    ("unread", True, "could not be tried"),
    ("unread", False, "closed already, and could not be tried"),
)


def replayed(good: Mapping[str, int], failed: Sequence[ReplayVerdict]) -> RenderableType:
    if not good and not failed:
        return "nothing runs: there is nothing to replay"
    counted = ", ".join(f"{count} {kind}" for kind, count in good.items()) or "none"
    return Group(plain(f"go on by this code: {counted}"), *_failures(failed))


def _failures(failed: Sequence[ReplayVerdict]) -> Iterator[RenderableType]:
    for outcome, is_open, heading in HEADINGS:
        some = [each for each in failed if each.outcome == outcome and each.run.open == is_open]
        if some:
            yield plain(f"{heading}: {len(some)}", "bold red")
        for each in some:
            yield plain(f"  {each.run.type} {each.run.name}\n      {each.why}")
