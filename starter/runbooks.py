"""Runbooks as people write them (YAML) become `Runbook`s, or `Problem`s with file and line.

Only what is compiled here enters a workflow. YAML 1.2, so that `on` is a word and `08:30` is not a number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from starter.problems import Loc, Problem, closest, written
from starter.runbook_words import words_at
from workflows.policy.runbook import Runbook

_REFERENCE = re.compile(r"(?P<path>[\w.-]+): (?P<message>.*'(?P<word>[^']*)'.* `(?P<among>people|roles)`)")


@dataclass(frozen=True)
class Library:
    """The runbooks that can be used, by their own names, and what kept the others from being so."""

    runbooks: dict[str, Runbook] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def load(path: Path) -> Library:
    """Read one runbook, or every `*.yaml` in a folder. Never raises: a bad runbook does not hide the good ones."""
    if not path.exists():
        advice = "Set TOCSIN_RUNBOOKS to a folder of runbooks"
        return Library(problems=(Problem(str(path), "no such file or folder", advice=advice),))
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    books: dict[str, Runbook] = {}
    problems: list[Problem] = []
    for file in files:
        book, found = _read(file)
        problems += found
        if book is not None and book.runbook in books:
            taken = f"another runbook is already named {book.runbook!r}"
            problems.append(Problem(str(file), taken, path="runbook", advice="Give each runbook a name of its own"))
        elif book is not None:
            books[book.runbook] = book
    if not files:
        problems.append(Problem(str(path), "there is no runbook in this folder", advice="A runbook is a `*.yaml` file"))
    return Library(books, tuple(problems))


def _read(file: Path) -> tuple[Runbook | None, list[Problem]]:
    try:
        tree = YAML(typ="rt", pure=True).load(file.read_text(encoding="utf-8"))
        if not isinstance(tree, CommentedMap):
            what = "is empty" if tree is None else "is not a mapping"
            return None, [Problem(str(file), f"the file {what}", advice="A runbook begins with `runbook: <name>`")]
        return Runbook.model_validate(_plain(tree), extra="forbid"), []
    except OSError as error:
        return None, [Problem(str(file), f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        return None, [Problem(str(file), f"is not UTF-8 text (byte {error.start})")]
    except RecursionError:
        return None, [Problem(str(file), "an alias (`*name`) contains itself")]
    except YAMLError as error:
        return None, [_syntax(str(file), error)]
    except ValidationError as error:
        return None, _explain_all(str(file), tree, error.errors())


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


def _explain_all(file: str, tree: CommentedMap, errors: Sequence[ErrorDetails]) -> list[Problem]:
    """In the order of the file. A list is not called too short because its items are wrong."""
    wrong_inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    told = [error for error in errors if error["type"] != "too_short" or error["loc"] not in wrong_inside]
    found = [problem for error in told for problem in _explain(file, tree, error)]
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def _explain(file: str, tree: CommentedMap, details: ErrorDetails) -> Iterator[Problem]:
    loc = tuple(part for part in details["loc"] if part != "[key]")
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "value_error" and not loc:
        yield from (_broken_reference(file, tree, part) for part in message.split("; "))
        return
    advice = ""
    if details["type"] == "extra_forbidden":
        message, advice = "runbooks have no such key here", closest(str(loc[-1]), words_at(loc[:-1]))
    elif details["type"] == "too_short":
        message = "needs at least one"
    elif details["type"] == "missing":
        message, advice = "is missing", f"Add `{loc[-1]}:`"
    line, column = _position(tree, loc)
    yield Problem(file, message, line, column, written(loc), advice)


def _broken_reference(file: str, tree: CommentedMap, message: str) -> Problem:
    """One of `Runbook`'s own complaints: `severities.sev1.escalation: tier 1 pages 'x', who is not among `people``."""
    found = _REFERENCE.fullmatch(message)
    if found is None:
        return Problem(file, message)
    line, column = _position(tree, found["path"].split("."))
    known = tree.get(found["among"])
    advice = closest(found["word"], map(str, known) if isinstance(known, CommentedMap) else ())
    return Problem(file, found["message"], line, column, found["path"], advice)


def _position(tree: CommentedMap, loc: Loc) -> tuple[int, int]:
    """Line and column, from 1, of the deepest part of `loc` that was written."""
    node: object = tree
    line, column = 0, 0
    for part in loc:
        if isinstance(node, CommentedMap) and part in node:
            line, column = node.lc.data[part][:2] if part in node.lc.data else (line, column)
            node = node[part]
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line, column = node.lc.item(part)
            node = node[part]
        else:
            break
    return line + 1, column + 1
