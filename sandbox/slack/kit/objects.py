"""Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class KitObject(BaseModel):
    """Slack refuses a property that it does not know: `invalid additional property`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlainText(KitObject):
    """composition-objects/text-object: 1 to 3,000 characters, less where it is used for something short."""

    type: Literal["plain_text"]
    text: str = Field(min_length=1, max_length=3_000)
    emoji: bool = True


class MarkupText(KitObject):
    type: Literal["mrkdwn"]
    text: str = Field(min_length=1, max_length=3_000)
    verbatim: bool = False


T = TypeVar("T", PlainText, MarkupText)


def shorter(most: int) -> Callable[[T], T]:
    def check(text: T) -> T:
        if len(text.text) > most:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": most, "below": "text"})
        return text

    return check


KitText = Annotated[PlainText | MarkupText, Field(discriminator="type")]
Text24 = Annotated[PlainText, AfterValidator(shorter(24))]
Text30 = Annotated[PlainText, AfterValidator(shorter(30))]
Text75 = Annotated[PlainText, AfterValidator(shorter(75))]
Text100 = Annotated[PlainText, AfterValidator(shorter(100))]
Text150 = Annotated[PlainText, AfterValidator(shorter(150))]
Text2000 = Annotated[PlainText, AfterValidator(shorter(2_000))]
KitText75 = Annotated[KitText, AfterValidator(shorter(75))]
KitText300 = Annotated[KitText, AfterValidator(shorter(300))]
KitText2000 = Annotated[KitText, AfterValidator(shorter(2_000))]

KitId = Annotated[str, Field(min_length=1, max_length=255)]
"""`block_id`, `action_id`, `callback_id`."""
KitUrl = Annotated[str, Field(min_length=1, max_length=3_000, pattern=r"^[a-z][a-z0-9+.-]*:")]
ButtonStyle = Literal["primary", "danger"]


class ConfirmDialog(KitObject):
    """composition-objects/confirmation-dialog-object"""

    title: Text100
    text: KitText300
    confirm: Text30
    deny: Text30
    style: ButtonStyle | None = None


class SelectOption(KitObject):
    """composition-objects/option-object"""

    text: KitText75
    value: str = Field(max_length=150)
    description: KitText75 | None = None
    url: KitUrl | None = None


class SelectOptionGroup(KitObject):
    """composition-objects/option-group-object"""

    label: Text75
    options: list[SelectOption] = Field(min_length=1, max_length=100)


class DispatchActionConfig(KitObject):
    """composition-objects/dispatch-action-configuration-object"""

    trigger_actions_on: list[Literal["on_enter_pressed", "on_character_entered"]] = Field(min_length=1)
