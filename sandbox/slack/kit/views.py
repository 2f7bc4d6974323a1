"""Modals: https://docs.slack.dev/reference/views/modal-views"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.kit.blocks import InputShape, ViewBlock
from sandbox.slack.kit.objects import KitId, KitObject, Text24
from sandbox.slack.kit.unique import all_unique


class ModalShape(KitObject):
    type: Literal["modal"]
    title: Text24
    blocks: Annotated[list[ViewBlock], Field(max_length=100), AfterValidator(all_unique)]
    close: Text24 | None = None
    submit: Text24 | None = None
    private_metadata: str = Field("", max_length=3_000)
    callback_id: KitId | Literal[""] = ""
    external_id: str = Field("", max_length=255)
    clear_on_close: bool = False
    notify_on_close: bool = False
    submit_disabled: bool = False

    @model_validator(mode="after")
    def _can_be_submitted(self) -> "ModalShape":
        """`submit` is required when an input block is within the blocks array."""
        if self.submit is None and any(isinstance(block, InputShape) for block in self.blocks):
            raise PydanticCustomError("missing", "missing", {"field": "submit"})
        return self
