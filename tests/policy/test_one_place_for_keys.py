"""No module but those of `keys` puts a key together or takes one apart."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.policy.keys.duty_keys import DutyKind

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "workflows" / "policy" / "keys"
FOLDERS = ("activities", "benchmarks", "settings", "starter", "tocsin", "worker", "workflows")
MODULES = sorted(path for name in FOLDERS for path in (ROOT / name).rglob("*.py") if KEYS not in path.parents)
BEGINNINGS = (*(f"{kind.partition('/')[0]}/" for kind in DutyKind if kind is not DutyKind.OTHER), "review-")
TAKES_APART = {"split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix"}
ABOUT_KEYS = ("duty", "key", "ring")


def _docstrings(tree: ast.AST) -> set[int]:
    """A string that stands by itself says something to people."""
    return {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}


def _names(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def _is_about_keys(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.split("_")[-1] in ABOUT_KEYS or name.endswith("workflow_id")
    return False


def _is_put_together(node: ast.JoinedStr) -> bool:
    """`{duty}/{occurrence}`, whatever comes first."""
    slashed = any(isinstance(part, ast.Constant) and "/" in str(part.value) for part in node.values)
    holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    return slashed and (any("duty" in _names(hole) for hole in holes) or any("occurrence" in _names(h) for h in holes))


def faults(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    said = _docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in said and text.startswith(BEGINNINGS):
                yield f"{node.lineno}: {text!r}"
            case ast.JoinedStr() if _is_put_together(node):
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.Call(func=ast.Attribute(value=of, attr=attr)) if attr in TAKES_APART and _is_about_keys(of):
                yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_key_is_a_type_everywhere_else(path: Path) -> None:
    assert not list(faults(path.read_text()))


@pytest.mark.parametrize(
    "source",
    [
        'duty.startswith("x")', 'event.demand.duty.partition("/")', 'vendor_key.removeprefix("x")', 'f"call/{person}"',
        'x = "escalate/1/on-call"', '("tell/", "x")', 'f"{duty}/1"', 'f"{self.duty}/{self.occurrence}"',
        'settled.get("news/channel")', 'start.duty.split("/", 2)[2]', 'f"review-{incident.id}"',
        'found.workflow_id.startswith("x")',
    ],
)  # fmt: skip
def test_what_puts_a_key_together_or_takes_one_apart_is_found(source: str) -> None:
    assert list(faults(source))


@pytest.mark.parametrize(
    "source",
    ['"""call/{person} pages"""', 'f"{url}/calls"', 'path.split("/")', 'duty.to.startswith("#")', '"/calls/x"'],
)
def test_other_strings_are_left_alone(source: str) -> None:
    assert not list(faults(source))


ROOMS = ("communication", "duties", "effects", "escalation", "incident", "planning", "reducers")


def plain_duties(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.arg(arg="duty", annotation=ast.Name(id="str"))
                | ast.AnnAssign(target=ast.Name(id="duty"), annotation=ast.Name(id="str"))
            ):
                yield f"{node.lineno}"


@pytest.mark.parametrize("room", ROOMS)
def test_no_plain_string_passes_for_a_duty_in_the_core(room: str) -> None:
    files = (ROOT / "workflows" / "policy" / room).glob("*.py")
    assert [f"{path.name}:{line}" for path in files for line in plain_duties(path.read_text(encoding="utf-8"))] == []
