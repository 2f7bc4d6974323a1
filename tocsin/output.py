"""Printing: answers on standard output, everything else on standard error."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType

from tocsin.failure import Failure

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
        out.print(for_people, soft_wrap=whole_lines)


def save(file: Path, text: str) -> None:
    """Into a file that the user has named. Raises Failure."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}") from None
    out.print(f"wrote {file}", markup=False, highlight=False)
