"""What every call has: its arguments as fields, the scopes one of which it needs, and its answer."""

import json
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue

from sandbox.slack.errors import slack_error
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer

Item = TypeVar("Item")


def _decoded(value: object) -> object:
    """Forms and queries carry lists and objects as JSON text."""
    return json.loads(value) if isinstance(value, str) and value else value


def _listed(value: object) -> object:
    return [each for each in value.split(",") if each] if isinstance(value, str) else value


Blocks = Annotated[list[JsonValue], BeforeValidator(_decoded)]
DecodedObject = Annotated[dict[str, JsonValue] | None, BeforeValidator(_decoded)]
DecodedView = Annotated[dict[str, JsonValue], BeforeValidator(_decoded)]
Ids = Annotated[list[str], BeforeValidator(_listed)]


class SlackCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
    scopes: ClassVar[tuple[str, ...]] = ()
    """Any of them: the second is for private channels. https://docs.slack.dev/reference/methods"""

    @abstractmethod
    def answer(self, workspace: Workspace, /) -> Answer: ...


def page_of(items: Sequence[Item], cursor: str, limit: int) -> tuple[Sequence[Item], str]:
    """One page of `items`, and the cursor of the next one: empty at the end."""
    try:
        start = int(b64decode(cursor)) if cursor else 0
    except ValueError:
        raise slack_error("invalid_cursor") from None
    following = start + limit
    return items[start:following], b64encode(b"%d" % following).decode() if following < len(items) else ""
