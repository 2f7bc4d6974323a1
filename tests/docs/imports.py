"""Which room imports which: read from the source, nothing is run."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.docs.markdown import ROOT

PACKAGES = ("activities", "chat", "sandbox", "settings", "starter", "tocsin", "worker", "workflows")
FOLDERS = ("starter", "workflows", "workflows.policy")
"""These hold rooms; each other package is one room."""

ImportGraph = Mapping[str, frozenset[str]]


ONE_FILE = ("workflows.policy.engine", "workflows.queues")
"""Rooms of one file. What else stands directly in `workflows` is a workflow each: they are one room."""


def room(module: str) -> str:
    """`workflows.policy.time.calendar` is in `workflows.policy.time`; a workflow's own module is in `workflows`."""
    parts = module.split(".")
    for folder in reversed(FOLDERS):
        depth = folder.count(".") + 1
        if ".".join(parts[:depth]) == folder and len(parts) > depth:
            inside = ".".join(parts[: depth + 1])
            return inside if inside in ONE_FILE or (ROOT / inside.replace(".", "/")).is_dir() else folder
    return parts[0]


@cache
def graph() -> ImportGraph:
    """Each room, and the other rooms that its files import."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            if file.name == "__init__.py" and not ast.parse(file.read_text(encoding="utf-8")).body[1:]:
                continue
            here = room(module.removesuffix(".__init__"))
            found.setdefault(here, set()).update(room(each) for each in _imported(file))
            found[here].discard(here)
    return {each: frozenset(imported) for each, imported in sorted(found.items())}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from _ours(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from _ours(each if _exists(each) else node.module for each in whole)


def _ours(modules: Iterable[str]) -> Iterator[str]:
    return (module for module in modules if module.split(".")[0] in PACKAGES)


def _exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def levels(imports: ImportGraph) -> list[list[str]]:
    """The highest first: each stands above all that it imports. Raises if there is a circle."""
    left = {each: set(imported) & set(imports) for each, imported in imports.items()}
    rows: list[list[str]] = []
    while left:
        row = sorted(each for each, imported in left.items() if not imported & set(left))
        if not row:
            raise ValueError(f"These import each other: {', '.join(left)}.")
        rows.insert(0, row)
        for each in row:
            del left[each]
    return rows


def inside(folder: str, imports: ImportGraph) -> ImportGraph:
    """The rooms of one folder. What is deeper counts for the room that it is in."""
    depth = folder.count(".") + 2 if folder else 1

    def shorter(each: str) -> str:
        return ".".join(each.split(".")[:depth])

    within = {each for each in imports if not folder or each == folder or each.startswith(f"{folder}.")}
    found: dict[str, set[str]] = {shorter(each): set() for each in within}
    for each in within:
        found[shorter(each)].update(shorter(other) for other in imports[each] & within)
    return {each: frozenset(imported - {each}) for each, imported in found.items()}
