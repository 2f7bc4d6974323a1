"""`block_id` is unique in a message or view, `action_id` in a block."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

B = TypeVar("B", bound=BaseModel)


def all_unique(blocks: list[B]) -> list[B]:
    _demand_unique("block_id", (getattr(block, "block_id", None) for block in blocks))
    for block in blocks:
        _demand_unique("action_id", _action_ids(block))
    return blocks


def _action_ids(block: BaseModel) -> Iterator[str | None]:
    for element in (*(getattr(block, "elements", None) or ()), getattr(block, "accessory", None)):
        yield getattr(element, "action_id", None)


def _demand_unique(what: str, ids: Iterable[str | None]) -> None:
    given = [each for each in ids if each is not None]
    twice = next((each for each in given if given.count(each) > 1), None)
    if twice is not None:
        raise PydanticCustomError("twice", "`{what}`: {twice} already exists", {"what": what, "twice": twice})
