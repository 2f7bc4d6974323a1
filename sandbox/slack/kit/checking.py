"""Refuses blocks and views as Slack does, with the place in `response_metadata.messages`."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sandbox.slack.errors import slack_error
from sandbox.slack.kit.blocks import MessageBlock
from sandbox.slack.kit.unique import all_unique
from sandbox.slack.kit.views import ModalShape
from sandbox.vendor_error import VendorError

MAX_CHARACTERS = 13_200
"""Over all blocks of a message; undocumented: https://github.com/slackapi/bolt-js/issues/2509"""
MAX_VIEW_BYTES = 250_000
"""https://docs.slack.dev/reference/methods/views.open#errors"""

_MESSAGE_BLOCKS = TypeAdapter(Annotated[list[MessageBlock], Field(max_length=50), AfterValidator(all_unique)])
"""Fifty in a message: https://docs.slack.dev/reference/block-kit/blocks"""
_MODAL = TypeAdapter(ModalShape)


def check_blocks(blocks: list[JsonValue]) -> None:
    if not all(isinstance(block, dict) and "type" in block for block in blocks):
        raise slack_error("invalid_blocks_format")
    if _characters(blocks) > MAX_CHARACTERS:
        raise slack_error("msg_blocks_too_long")
    try:
        _MESSAGE_BLOCKS.validate_python(blocks)
    except ValidationError as error:
        raise _refused("invalid_blocks", "blocks", blocks, error) from None


def check_view(view: dict[str, JsonValue]) -> None:
    if len(_MODAL_BYTES.dump_json(view)) > MAX_VIEW_BYTES:
        raise slack_error("view_too_large")
    try:
        _MODAL.validate_python(view)
    except ValidationError as error:
        raise _refused("invalid_arguments", "view", view, error) from None


_MODAL_BYTES: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


def _refused(code: str, root: str, given: JsonValue, error: ValidationError) -> VendorError:
    said = [f"{_words(each)} [json-pointer:{_pointer(root, given, each)}]" for each in error.errors()]
    messages = [f"[ERROR] {each}" for each in said]
    return slack_error(code, errors=said, response_metadata={"messages": messages})


def _words(error: ErrorDetails) -> str:
    """As Slack words it; `failed to match all allowed schemas` is its word for everything else."""
    context = error.get("ctx", {})
    match error["type"]:
        case "string_too_long":
            return f"must be less than {context['max_length'] + 1} characters"
        case "string_too_short":
            return f"must be more than {context['min_length'] - 1} characters"
        case "too_long":
            return f"no more than {context['max_length']} items allowed"
        case "too_short":
            return f"no fewer than {context['min_length']} items allowed"
        case "missing":
            return f"missing required field: {context.get('field') or error['loc'][-1]}"
        case "extra_forbidden":
            return f"invalid additional property: {error['loc'][-1]}"
        case "union_tag_invalid":
            return f"unsupported type: {context['tag']}"
        case "twice" | "initial":
            return error["msg"]
    return "failed to match all allowed schemas"


def _pointer(root: str, given: JsonValue, error: ErrorDetails) -> str:
    """Where it is. The path that pydantic gives names the kinds that it tried, too: they are no keys of what came."""
    steps = _steps(given, error["loc"])
    if error["type"] == "extra_forbidden":
        steps = steps[:-1]
    if error["type"] == "union_tag_invalid":
        steps = [*steps, "type"]
    below = error.get("ctx", {}).get("below")
    return "/".join(["", root, *steps, *([below] if below else [])])


def _steps(given: JsonValue, path: Sequence[int | str]) -> list[str]:
    steps = []
    for step in path:
        try:
            given = given[step]  # type: ignore[index]  # what cannot be followed is what is left out
        except (KeyError, TypeError):
            continue
        steps.append(str(step))
    return steps


def _characters(value: JsonValue) -> int:
    """How much text there is in a block, at any depth."""
    if isinstance(value, list):
        return sum(_characters(each) for each in value)
    if not isinstance(value, dict):
        return 0
    text = value.get("text")
    return (len(text) if isinstance(text, str) else 0) + sum(_characters(each) for each in value.values())
