"""Blocks: https://docs.slack.dev/reference/block-kit/blocks"""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.kit.elements import Accessory, Fillable, KitImage, Pressable
from sandbox.slack.kit.objects import (
    KitId,
    KitObject,
    KitText,
    KitText2000,
    KitUrl,
    MarkupText,
    PlainText,
    Text150,
    Text2000,
)
from sandbox.slack.kit.rich_text import RichTextShape


class KitBlock(KitObject):
    block_id: KitId | None = None


class HeaderShape(KitBlock):
    """blocks/header-block"""

    type: Literal["header"]
    text: Text150


class SectionShape(KitBlock):
    """blocks/section-block"""

    type: Literal["section"]
    text: KitText | None = None
    fields: list[KitText2000] | None = Field(None, min_length=1, max_length=10)
    accessory: Accessory | None = None
    expand: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> "SectionShape":
        if self.text is None and self.fields is None:
            raise PydanticCustomError("missing", "missing", {"field": "text"})
        return self


class ContextShape(KitBlock):
    """blocks/context-block"""

    type: Literal["context"]
    elements: list[Annotated[PlainText | MarkupText | KitImage, Field(discriminator="type")]] = Field(
        min_length=1, max_length=10
    )


class ActionsShape(KitBlock):
    """blocks/actions-block"""

    type: Literal["actions"]
    elements: list[Pressable] = Field(min_length=1, max_length=25)


class DividerShape(KitBlock):
    """blocks/divider-block"""

    type: Literal["divider"]


class ImageShape(KitBlock):
    """blocks/image-block"""

    type: Literal["image"]
    alt_text: str = Field(max_length=2_000)
    image_url: KitUrl
    title: Text2000 | None = None


class InputShape(KitBlock):
    """blocks/input-block"""

    type: Literal["input"]
    label: Text2000
    element: Fillable
    hint: Text2000 | None = None
    optional: bool = False
    dispatch_action: bool = False


class MarkdownShape(KitBlock):
    """blocks/markdown-block: 12,000 characters in all of a message's"""

    type: Literal["markdown"]
    text: str = Field(min_length=1, max_length=12_000)


_Shown = (
    HeaderShape | SectionShape | ContextShape | ActionsShape | DividerShape | ImageShape | InputShape | RichTextShape
)
MessageBlock = Annotated[_Shown | MarkdownShape, Field(discriminator="type")]
ViewBlock = Annotated[_Shown, Field(discriminator="type")]
