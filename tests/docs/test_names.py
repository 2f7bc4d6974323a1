"""One word per idea, one idea per word: a name that stands at the top of a module says one thing (CONTRIBUTING.md)."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.docs.markdown import ROOT
from tests.docs.test_size import ROOMS

SAME_EVERYWHERE = {"log", "app", "SOURCE", "EXAMPLE"}
"""What every module of its kind has: a logger, the commands of a file, a source and an example of what it sends."""


def names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets) if not _is_type_variable(node.value):
                yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _is_type_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"


def test_a_class_or_a_constant_has_a_name_that_no_other_has() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for name in names(ast.parse(path.read_text(encoding="utf-8"))):
                found[name.strip("_")].append(str(path.relative_to(ROOT)))
    assert len(found) > 500
    assert {name: files for name, files in found.items() if len(files) > 1 and name not in SAME_EVERYWHERE} == {}


def test_names_are_found_however_they_are_bound() -> None:
    module = ast.parse("class A: x = 1\nB, _C = 1, 2\nD: int = 3\nT = TypeVar('T')\ndef f(): g = 1")
    assert list(names(module)) == ["A", "B", "_C", "D"]
