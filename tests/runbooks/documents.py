"""The tables of docs/runbooks: sentence of the procedure, line of the runbook, test."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from tests.runbooks.courses import RUNBOOKS

HERE = Path(__file__).parent
DOCUMENTS = HERE.parents[1] / "docs" / "runbooks"
NOT_YET = "not yet: needs "
_ROW = re.compile(r"^\| (?P<sentence>[^|]+) \| (?P<paths>[^|]*) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
_COUNT = re.compile(r"^(\d+) sentences, (\d+) carried out, (\d+) not yet\.$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class DocumentRow:
    sentence: str
    paths: tuple[str, ...]
    tests: tuple[str, ...]
    not_yet: bool


def text(name: str) -> str:
    return (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")


def rows(name: str) -> list[DocumentRow]:
    found = []
    for row in _ROW.finditer(text(name)):
        if row["sentence"].startswith(("Sentence of", "---")):
            continue
        tests = tuple(span for span in _SPAN.findall(row["tests"]) if span.startswith("test_"))
        not_yet = row["tests"].startswith(NOT_YET)
        found.append(DocumentRow(row["sentence"], tuple(_SPAN.findall(row["paths"])), tests, not_yet))
    return found


def counts(name: str) -> tuple[int, int, int]:
    """What the top of the document says: sentences, carried out, not yet."""
    (found,) = _COUNT.findall(text(name))
    sentences, carried_out, not_yet = map(int, found)
    return sentences, carried_out, not_yet


def known_tests(name: str) -> set[str]:
    tree = ast.parse((HERE / f"test_{name}.py").read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def written(name: str) -> object:
    """The runbook as it is written, not as it is understood: defaults are not there."""
    return YAML(typ="safe", pure=True).load((RUNBOOKS / f"{name}.yaml").read_text(encoding="utf-8"))


def leads_somewhere(tree: object, path: str) -> bool:
    """`severities.*.duties.war-room`: `*` is every one, an item of a list goes by its id, name or label."""
    nodes = [tree]
    for part in path.split("."):
        found = [list(_inside(node, part)) for node in nodes]
        if not all(found):
            return False
        nodes = [node for some in found for node in some]
    return True


def _inside(node: object, part: str) -> Iterator[object]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if part in ("*", key))
    elif isinstance(node, list):
        yield from (item for item in node if isinstance(item, dict) and part in _names(item))


def _names(item: dict[str, object]) -> set[str]:
    given = (str(item[key]) for key in ("id", "name", "label") if key in item)
    return {re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in given}
