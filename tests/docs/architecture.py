"""docs/architecture.svg and the table of docs/architecture.md, from the import graph.

`python -m tests.docs.architecture` writes both anew. Where a room stands is what it imports: it stands above it.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tests.docs.imports import ONE_FILE, ImportGraph, graph, inside, levels
from tests.docs.markdown import ROOT
from tests.docs.tables import between, table

PICTURE = ROOT / "docs" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"


@dataclass(frozen=True)
class Step:
    mark: str
    file: str
    text: str

    @property
    def room(self) -> str:
        return self.module.rpartition(".")[0]

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".")


ALERT = (
    Step("1", "starter/gateway/app.py", "take the request, within limits"),
    Step("2", "starter/sources/verify.py", "ask its sender for proof"),
    Step("3", "starter/sources/table.py", "translate what it says"),
    Step("4", "starter/intake/interpreting.py", "interpret, hold back, group, batch"),
    Step("5", "starter/temporal/incidents.py", "hand it to Temporal; then answer"),
    Step("6", "workflows/incident.py", "the incident wakes up"),
    Step("7", "workflows/policy/reducers/root.py", "apply it to the facts"),
)
PAGE_OUT = (
    Step("a", "workflows/policy/engine.py", "plan: what is due now"),
    Step("b", "workflows/policy/escalation/pages.py", "who is paged, and when"),
    Step("c", "workflows/durable/sending.py", "start its activity, on the queue of pages"),
    Step("d", "workflows/texts/render.py", "put it into words"),
    Step("e", "activities/perform.py", "carry it out once"),
    Step("f", "activities/pagerduty.py", "say it to the pager"),
    Step("g", "workflows/policy/reducers/settling.py", "apply what became of it"),
)

WIDTH, EDGE, GAP, ROOM, TITLE = 720, 10, 6, 26, 24


@dataclass(frozen=True)
class Box:
    """A room, or a folder of rooms with its rows of boxes, the highest first."""

    name: str
    title: str
    about: str = ""
    rows: tuple[tuple["Box", ...], ...] = ()

    @property
    def height(self) -> int:
        if not self.rows:
            return ROOM
        return TITLE + sum(max(box.height for box in row) + GAP for row in self.rows) + 2


def boxes(imports: ImportGraph) -> Box:
    return Box("", "", rows=_rows("", imports))


def _rows(folder: str, imports: ImportGraph) -> tuple[tuple[Box, ...], ...]:
    found = inside(folder, imports)
    return tuple(tuple(_box(each, folder, imports) for each in row) for row in levels(found))


def _box(name: str, folder: str, imports: ImportGraph) -> Box:
    if name == folder:
        return Box(name, "one module each", "incident, review, heartbeat, silence, ...")
    rows = _rows(name, imports) if any(each.startswith(f"{name}.") for each in imports) else ()
    return Box(name, name.removeprefix(f"{folder}."), re.split(r"[,:;.(]", _holds(name))[0], rows)


def _holds(room: str) -> str:
    return (importlib.import_module(room).__doc__ or "").strip().split("\n")[0]


def picture() -> str:
    whole = boxes(graph())
    body: list[str] = []
    y = EDGE
    for row in whole.rows:
        body.extend(_drawn_row(row, EDGE, y, WIDTH - 2 * EDGE, depth=0))
        y += max(box.height for box in row) + GAP
    body.extend(_legend("The way of an alert", ALERT, "alert", EDGE + 2, y + 22))
    body.extend(_legend("The way of a page", PAGE_OUT, "page", WIDTH // 2, y + 22))
    height = y + 30 + 22 * max(len(ALERT), len(PAGE_OUT))
    return HEAD.format(width=WIDTH, height=height) + "\n".join(body) + "\n</svg>\n"


def _drawn_row(row: tuple[Box, ...], x: float, y: float, width: float, depth: int) -> Iterator[str]:
    small = sum(1 for box in row if not box.rows)
    folders = len(row) - small
    narrow = 82.0 if folders else (width - GAP * (small - 1)) / small
    wide = (width - GAP * (len(row) - 1) - narrow * small) / folders if folders else 0.0
    tallest = max(box.height for box in row)
    for box in row:
        own = wide if box.rows else narrow
        yield f'  <rect class="{_kind(box, depth)}" x="{x:g}" y="{y:g}" width="{own:.4g}" height="{tallest}" rx="5"/>'
        yield from _drawn(box, x, y, own, depth)
        x += own + GAP


def _kind(box: Box, depth: int) -> str:
    return f"folder{depth}" if box.rows or not depth else "room"


def _drawn(box: Box, x: float, y: float, width: float, depth: int) -> Iterator[str]:
    name = "name" if box.rows or depth == 0 else "text"
    yield f'  <text class="{name}" x="{x + 9:g}" y="{y + 17:g}">{escape(box.title)}</text>'
    yield from _about(box, x + max(100, 17 + 8 * len(box.title)), y, x + width - 60)
    for place, (kind, step) in enumerate(reversed(_marks(box))):
        yield from _mark(step.mark, kind, x + width - 14 - 20 * place, y + 13)
    inner = y + TITLE
    for row in box.rows:
        yield from _drawn_row(row, x + 8, inner, width - 16, depth + 1)
        inner += max(each.height for each in row) + GAP


def _about(box: Box, x: float, y: float, right: float) -> Iterator[str]:
    if " " in box.about and 6.2 * len(box.about) < right - x:
        yield f'  <text class="small" x="{x:g}" y="{y + 17:g}">{escape(box.about)}</text>'


def _marks(box: Box) -> list[tuple[str, Step]]:
    ways = [("alert", step) for step in ALERT] + [("page", step) for step in PAGE_OUT]
    return [(kind, step) for kind, step in ways if not box.rows and box.name in (step.room, step.module)]


def _mark(text: str, kind: str, x: float, y: float) -> Iterator[str]:
    yield f'  <circle class="{kind}" cx="{x:g}" cy="{y:g}" r="8.5"/>'
    yield f'  <text class="mark" x="{x:g}" y="{y + 4:g}" text-anchor="middle">{text}</text>'


def _legend(title: str, way: tuple[Step, ...], kind: str, x: int, y: int) -> Iterator[str]:
    yield f'  <text class="name" x="{x}" y="{y}">{title}</text>'
    for place, step in enumerate(way, start=1):
        yield from _mark(step.mark, kind, x + 9, y + 22 * place - 4)
        yield f'  <text class="text" x="{x + 26}" y="{y + 22 * place}">{escape(step.text)}</text>'


def rooms() -> str:
    """Each room, and what it holds: the first line of its `__init__.py`."""
    rows = [("Room", "What it holds"), ("---",) * 2]
    return table([*rows, *((f"`{name.replace('.', '/')}`", _holds(name)) for name in graph() if name not in ONE_FILE)])


HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" \
font-size="13">
  <title id="title">The rooms of Tocsin</title>
  <desc id="desc">Each room imports only what stands below it. Marks 1 to 7 are the way of an alert from the gateway
    to the facts of its incident, marks a to g the way of a page from the plan to the pager and back.</desc>
  <style>
    .folder0 {{ fill: #f6f8fa; stroke: #57606a; stroke-width: 1.2 }}
    .folder1 {{ fill: #fff4e5; stroke: #bc4c00; stroke-width: 1.2 }}
    .room {{ fill: #ffffff; stroke: #8c959f }}
    .name {{ fill: #1f2328; font-weight: 600 }}
    .text {{ fill: #1f2328 }}
    .small {{ fill: #57606a; font-size: 12px }}
    .alert {{ fill: #0969da }}
    .page {{ fill: #bc4c00 }}
    .mark {{ fill: #ffffff; font-size: 11px; font-weight: 600 }}
    @media (prefers-color-scheme: dark) {{
      .folder0 {{ fill: #161b22; stroke: #8b949e }}
      .folder1 {{ fill: #2b1d0e; stroke: #f0883e }}
      .room {{ fill: #0d1117; stroke: #6e7681 }}
      .name {{ fill: #e6edf3 }}
      .text {{ fill: #e6edf3 }}
      .small {{ fill: #9da7b1 }}
      .alert {{ fill: #1f6feb }}
      .page {{ fill: #bd561d }}
      .mark {{ fill: #ffffff }}
    }}
  </style>
"""


def main() -> None:
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(between("rooms").sub(rooms(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
