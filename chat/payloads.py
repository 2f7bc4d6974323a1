"""What Slack sends to an app, as far as it is read: https://docs.slack.dev/reference/interaction-payloads,
https://docs.slack.dev/reference/events. It is signed, and still strangers' input: what is in a form, a person chose."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{1,30}$")]
TeamId = Annotated[str, Field(max_length=32)]
ShortText = Annotated[str, Field(max_length=500)]


class Inbound(BaseModel):
    """Slack leaves out what is empty, or sends null for it: no press is lost to a null."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: object) -> object:
        return {name: each for name, each in sent.items() if each is not None} if isinstance(sent, dict) else sent


class Team(Inbound):
    id: TeamId = ""


class SlackUser(Inbound):
    id: UserId
    username: ShortText = ""
    name: ShortText = ""
    team_id: TeamId = ""


class PressedChannel(Inbound):
    id: ShortText = ""
    name: ShortText = ""


class Container(Inbound):
    message_ts: ShortText = ""
    channel_id: ShortText = ""


class SelectedOption(Inbound):
    value: str = ""


class Action(Inbound):
    action_id: ShortText = ""
    action_ts: ShortText = ""
    value: str = ""
    selected_option: SelectedOption = SelectedOption()


class ViewState(Inbound):
    values: dict[str, dict[str, JsonValue]] = {}


class SentView(Inbound):
    id: ShortText
    hash: ShortText = ""
    callback_id: ShortText = ""
    private_metadata: str = ""
    state: ViewState = ViewState()


class Interaction(Inbound):
    team: Team = Team()
    user: SlackUser
    trigger_id: ShortText = ""
    response_url: str = ""

    @property
    def team_id(self) -> str:
        return self.team.id


class BlockActions(Interaction):
    type: Literal["block_actions"]
    channel: PressedChannel = PressedChannel()
    container: Container = Container()
    actions: tuple[Action, ...] = ()


class ViewSubmission(Interaction):
    type: Literal["view_submission"]
    view: SentView


class ViewClosed(Interaction):
    type: Literal["view_closed"]


class SlackText(Inbound):
    ts: ShortText = ""
    thread_ts: ShortText = ""
    user: ShortText = ""
    text: str = ""


class MessageShortcut(Interaction):
    type: Literal["message_action"]
    callback_id: ShortText
    channel: PressedChannel
    message_ts: ShortText = ""
    message: SlackText = SlackText()


class GlobalShortcut(Interaction):
    type: Literal["shortcut"]
    callback_id: ShortText


class SlashCommand(Inbound):
    team_id: TeamId = ""
    command: ShortText
    text: str = ""
    user_id: UserId
    user_name: ShortText = ""
    channel_id: ShortText = ""
    channel_name: ShortText = ""
    trigger_id: ShortText = ""
    response_url: str = ""

    @property
    def user(self) -> SlackUser:
        return SlackUser(id=self.user_id, username=self.user_name)


class Reacted(Inbound):
    """To a message."""

    type: Literal["message", "file", "file_comment"] = "message"
    channel: ShortText = ""
    ts: ShortText = ""


class ReactionAdded(Inbound):
    type: Literal["reaction_added"]
    user: UserId
    reaction: ShortText
    item: Reacted


class MessageEvent(Inbound):
    type: Literal["message"]
    subtype: ShortText = ""
    channel: ShortText = ""
    message: SlackText = SlackText()
    previous_message: SlackText = SlackText()
    deleted_ts: ShortText = ""
    event_ts: ShortText = ""

    @property
    def is_as_before(self) -> bool:
        """Its words are: Slack tells of the preview of a link as of an edit."""
        return (
            bool(self.previous_message.ts) and not self.deleted_ts and self.previous_message.text == self.message.text
        )


class OtherEvent(Inbound):
    type: str


class EventCallback(Inbound):
    type: Literal["event_callback"]
    team_id: TeamId = ""
    event_id: ShortText
    event: ReactionAdded | MessageEvent | OtherEvent = Field(union_mode="left_to_right")


class UrlVerification(Inbound):
    """https://docs.slack.dev/reference/events/url_verification"""

    type: Literal["url_verification"]
    challenge: ShortText


class RateLimited(Inbound):
    type: Literal["app_rate_limited"]


Interactive = Annotated[
    BlockActions | ViewSubmission | ViewClosed | MessageShortcut | GlobalShortcut, Field(discriminator="type")
]
EventSent = Annotated[EventCallback | UrlVerification | RateLimited, Field(discriminator="type")]
SlackCallPayload = (
    BlockActions | ViewSubmission | ViewClosed | MessageShortcut | GlobalShortcut
    | SlashCommand | EventCallback | UrlVerification | RateLimited
)  # fmt: skip
