"""Printing: answers on standard output, everything else on standard error."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType

from tocsin.failure import Failure
from tocsin.view import paging
from tocsin.view.plain import ENDLESS

if TYPE_CHECKING:
    from starter.temporal.results import ListPage, ReviewSummary, Summary

if TYPE_CHECKING:
    from pydantic import BaseModel

out = Console()
err = Console(stderr=True, soft_wrap=True)


def show(
    answer: "BaseModel | Sequence[BaseModel]", for_people: RenderableType, as_json: bool, *, whole_lines: bool = False
) -> None:
    """The answer: as one JSON document with the model's own field names, or in words. Whole lines are not broken at
    the width of the terminal, so that other programs can read them."""
    if as_json:
        from pydantic_core import to_json

        out.print(to_json(answer, indent=2).decode(), markup=False, highlight=False, soft_wrap=True)
    else:
        _with_room().print(for_people, soft_wrap=whole_lines)


def _with_room() -> Console:
    """In a pipe or a file a line has no end; a terminal, or whoever sets COLUMNS, says where it has."""
    return out if out.is_terminal or "COLUMNS" in os.environ else Console(width=ENDLESS)


def show_page(page: "ListPage[Summary] | ListPage[ReviewSummary]", for_people: RenderableType, as_json: bool) -> None:
    """As JSON its rows alone; what else there is, is said beside them."""
    if as_json:
        show(page.rows, "", as_json)
        if rest := paging.shown(page):
            err.print(rest)
    else:
        show(page.rows, paging.with_the_rest(for_people, page), as_json)


def save(file: Path, text: str) -> None:
    """Into a file that the user has named. Raises Failure."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}") from None
    out.print(f"wrote {file}", markup=False, highlight=False)
