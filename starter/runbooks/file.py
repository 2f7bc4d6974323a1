"""A runbook's file as YAML: what it says, and on which line it says it.

YAML 1.2, so that `on` is a word and `08:30` is not a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from starter.runbooks.problems import Loc, Problem


@dataclass(frozen=True)
class RunbookFile:
    name: str
    tree: CommentedMap

    def plain(self) -> dict[str, object]:
        """What it says, without where."""
        return {str(key): _plain(value) for key, value in self.tree.items()}

    def position(self, loc: Loc) -> tuple[int, int]:
        """Line and column, from 1, of the deepest part of `loc` that was written."""
        node: object = self.tree
        line, column = 0, 0
        for part in loc:
            if isinstance(node, CommentedMap) and part in node:
                written = node.lc.data or {}  # a mapping that only merges another (`<<`) knows no lines
                line, column = written[part][:2] if part in written else (line, column)
                node = node[part]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line, column = node.lc.item(part)
                node = node[part]
            else:
                break
        return line + 1, column + 1

    def at(self, loc: Loc) -> object:
        """What was written there; None for nothing."""
        node: object = self.tree
        for part in loc:
            if isinstance(node, Mapping):
                node = node.get(part)
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                node = node[part]
            else:
                return None
        return node


LARGEST_FILE, MOST_VALUES = 1_000_000, 100_000
"""Bytes of a file, and values in it once its aliases are unfolded: far more than any procedure has."""
_VALUE_ERRORS = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError)
"""What ruamel lets through when a value is not what it looks like: the 99th of a month, a number of 5,000 digits."""


def parse(file: Path) -> RunbookFile | Problem:
    """Never raises: a file that cannot be read as YAML is a problem."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            return Problem(str(file), f"is too large for a runbook: more than {LARGEST_FILE:,} bytes")
        tree = YAML(typ="rt", pure=True).load(content.decode("utf-8"))
        if _unfolded(tree, {}) > MOST_VALUES:
            return Problem(str(file), f"its aliases (`*name`) unfold to more than {MOST_VALUES:,} values")
    except OSError as error:
        return Problem(str(file), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return Problem(str(file), f"is not UTF-8 text (byte {error.start})")
    except YAMLError as error:
        return _syntax(str(file), error)
    except RecursionError:
        return Problem(str(file), "is nested too deeply")
    except _VALUE_ERRORS as error:
        return Problem(str(file), f"holds a value that cannot be read: {error}")
    if isinstance(tree, CommentedMap):
        return RunbookFile(str(file), tree)
    what = "is empty" if tree is None else "is not a mapping"
    return Problem(str(file), f"the file {what}", advice="A runbook begins with `runbook: <name>`")


def _unfolded(node: object, known: dict[int, int]) -> int:
    """How many values these are, without unfolding them: nine aliases of nine aliases of ... soon fill the memory. (One
    of itself is read as nothing.)"""
    if not isinstance(node, CommentedMap | CommentedSeq):
        return 1
    if id(node) not in known:
        inside = node.values() if isinstance(node, CommentedMap) else node
        known[id(node)] = 1 + sum(_unfolded(value, known) for value in inside)
    return known[id(node)]


def _plain(node: object) -> object:
    """Without ruamel's wrappers: what merge keys (`<<`) bring in is otherwise only there for some ways of reading."""
    if isinstance(node, CommentedMap):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return node


def _syntax(file: str, error: YAMLError) -> Problem:
    if not isinstance(error, MarkedYAMLError):  # such as a control character: has no mark, says where in its text
        return Problem(file, " ".join(str(error).split()))
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = error.problem or error.context or "is not YAML"
    return Problem(file, message.strip().splitlines()[0], line, column)
