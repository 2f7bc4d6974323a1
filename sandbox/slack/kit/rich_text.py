"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.slack.kit.objects import KitObject, KitUrl


class RichStyle(KitObject):
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    underline: bool = False
    highlight: bool = False
    client_highlight: bool = False
    unlink: bool = False


class _StyledPart(KitObject):
    style: RichStyle | None = None


class RichWords(_StyledPart):
    type: Literal["text"]
    text: str = Field(min_length=1)


class RichLink(_StyledPart):
    type: Literal["link"]
    url: KitUrl
    text: str | None = None
    unsafe: bool = False


class RichUser(_StyledPart):
    type: Literal["user"]
    user_id: str = Field(pattern=r"^[UW][A-Z0-9]+$")


class RichUserGroup(_StyledPart):
    type: Literal["usergroup"]
    usergroup_id: str = Field(pattern=r"^S[A-Z0-9]+$")


class RichChannel(_StyledPart):
    type: Literal["channel"]
    channel_id: str = Field(pattern=r"^[CDG][A-Z0-9]+$")


class RichBroadcast(_StyledPart):
    type: Literal["broadcast"]
    range: Literal["here", "channel", "everyone"]


class RichEmoji(_StyledPart):
    type: Literal["emoji"]
    name: str = Field(min_length=1)
    unicode: str | None = None
    skin_tone: int | None = None


class RichDate(_StyledPart):
    """`format` is a template such as `{date_short_pretty} at {time}`, `{ago}`."""

    type: Literal["date"]
    timestamp: int
    format: str = Field(min_length=1, pattern=r"\{\w+\}")
    url: KitUrl | None = None
    fallback: str | None = None


class RichColor(_StyledPart):
    type: Literal["color"]
    value: str


RichPart = Annotated[
    RichWords | RichLink | RichUser | RichUserGroup | RichChannel | RichBroadcast | RichEmoji | RichDate | RichColor,
    Field(discriminator="type"),
]


class RichSection(KitObject):
    type: Literal["rich_text_section"]
    elements: list[RichPart]


class RichQuote(KitObject):
    type: Literal["rich_text_quote", "rich_text_preformatted"]
    elements: list[RichPart]
    border: int | None = None
    language: str | None = None


class RichList(KitObject):
    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    elements: list[RichSection]
    indent: int | None = None
    offset: int | None = None
    border: int | None = None


class RichTextShape(KitObject):
    type: Literal["rich_text"]
    block_id: str | None = Field(None, max_length=255)
    elements: list[Annotated[RichSection | RichQuote | RichList, Field(discriminator="type")]]
