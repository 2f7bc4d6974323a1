"""Block elements: https://docs.slack.dev/reference/block-kit/block-elements"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.kit.objects import (
    ButtonStyle,
    ConfirmDialog,
    DispatchActionConfig,
    KitId,
    KitObject,
    KitUrl,
    SelectOption,
    SelectOptionGroup,
    Text75,
    Text150,
)


class KitElement(KitObject):
    action_id: KitId | None = None
    confirm: ConfirmDialog | None = None
    focus_on_load: bool = False


class KitButton(KitElement):
    """block-elements/button-element"""

    type: Literal["button"]
    text: Text75
    url: KitUrl | None = None
    value: str | None = Field(None, max_length=2_000)
    style: ButtonStyle | None = None
    accessibility_label: str | None = Field(None, max_length=75)


class _Chosen(KitElement):
    placeholder: Text150 | None = None


class StaticSelect(_Chosen):
    """block-elements/select-menu-element: options or groups, and never both"""

    type: Literal["static_select", "multi_static_select"]
    options: list[SelectOption] | None = Field(None, min_length=1, max_length=100)
    option_groups: list[SelectOptionGroup] | None = Field(None, min_length=1, max_length=100)
    initial_option: SelectOption | None = None
    initial_options: list[SelectOption] | None = Field(None, min_length=1)
    max_selected_items: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _has_options(self) -> "StaticSelect":
        if (self.options is None) == (self.option_groups is None):
            raise PydanticCustomError("missing", "missing", {"field": "options"})
        every = self.options or [each for group in self.option_groups or [] for each in group.options]
        if self.initial_option is not None and self.initial_option not in every:
            raise PydanticCustomError("initial", "initial_option must be one of the provided options")
        return self


class PeopleSelect(_Chosen):
    """block-elements/select-menu-element, users"""

    type: Literal["users_select", "multi_users_select"]
    initial_user: str | None = None
    initial_users: list[str] | None = Field(None, min_length=1)
    max_selected_items: int | None = Field(None, ge=1)


class ChannelSelect(_Chosen):
    """block-elements/select-menu-element, conversations and public channels"""

    type: Literal["conversations_select", "channels_select"]
    initial_conversation: str | None = None
    initial_channel: str | None = None
    default_to_current_conversation: bool = False
    response_url_enabled: bool = False
    filter: dict[str, JsonValue] | None = None


class OverflowMenu(KitElement):
    """block-elements/overflow-menu-element"""

    type: Literal["overflow"]
    options: list[SelectOption] = Field(min_length=1, max_length=5)


class Boxes(KitElement):
    """block-elements/checkboxes-element, radio-button-group-element"""

    type: Literal["checkboxes", "radio_buttons"]
    options: list[SelectOption] = Field(min_length=1, max_length=10)
    initial_option: SelectOption | None = None
    initial_options: list[SelectOption] | None = Field(None, min_length=1)


class MomentPicker(_Chosen):
    """block-elements/date-picker-element, time-picker-element, datetime-picker-element"""

    type: Literal["datepicker", "timepicker", "datetimepicker"]
    initial_date: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$")
    initial_time: str | None = Field(None, pattern=r"^\d\d:\d\d$")
    initial_date_time: int | None = Field(None, ge=1_000_000_000, le=9_999_999_999)
    timezone: str | None = None


class TextInput(_Chosen):
    """block-elements/plain-text-input-element, email-input-element, url-input-element"""

    type: Literal["plain_text_input", "email_text_input", "url_text_input"]
    initial_value: str | None = None
    multiline: bool = False
    min_length: int | None = Field(None, ge=0, le=3_000)
    max_length: int | None = Field(None, ge=1, le=3_000)
    dispatch_action_config: DispatchActionConfig | None = None


class NumberInput(_Chosen):
    """block-elements/number-input-element"""

    type: Literal["number_input"]
    is_decimal_allowed: bool
    initial_value: str | None = None
    min_value: str | None = None
    max_value: str | None = None
    dispatch_action_config: DispatchActionConfig | None = None


class KitImage(KitObject):
    """block-elements/image-element"""

    type: Literal["image"]
    alt_text: str = Field(max_length=2_000)
    image_url: KitUrl


_Menus = StaticSelect | PeopleSelect | ChannelSelect | Boxes | MomentPicker
Pressable = Annotated[KitButton | OverflowMenu | _Menus, Field(discriminator="type")]
Accessory = Annotated[KitButton | OverflowMenu | _Menus | KitImage, Field(discriminator="type")]
Fillable = Annotated[_Menus | TextInput | NumberInput, Field(discriminator="type")]
