"""What the answer to a submitted modal does: https://docs.slack.dev/surfaces/modals#response_actions"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from sandbox.slack.elements import CannotPress, with_block_ids
from sandbox.slack.kit.checking import check_view
from sandbox.slack.modals import SandboxModal
from sandbox.slack.workspace import Workspace


class SubmissionAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    response_action: Literal["errors", "update", "push", "clear"] | None = None
    errors: dict[str, str] = {}
    view: dict[str, JsonValue] = {}


def obey(workspace: Workspace, modal: SandboxModal, said: JsonValue) -> None:
    """Without an answer the modal closes. Raises CannotPress for an answer that Slack does not understand."""
    try:
        answer = SubmissionAnswer.model_validate(said or {})
    except ValidationError as error:
        raise CannotPress(f"Slack cannot read that answer: {error}") from None
    match answer.response_action:
        case None:
            workspace.modals.close(modal.user)
        case "clear":
            workspace.modals.clear(modal.user)
        case "errors":
            _demand_known_blocks(modal, answer.errors)
            modal.errors = answer.errors
        case "update":
            check_view(answer.view)
            modal.show(answer.view)
        case "push":
            check_view(answer.view)
            workspace.modals.push(modal.user, answer.view)


def _demand_known_blocks(modal: SandboxModal, errors: dict[str, str]) -> None:
    inputs = {str(block["block_id"]) for block in with_block_ids(modal.shape["blocks"]) if block["type"] == "input"}
    if not errors or not inputs.issuperset(errors):
        raise CannotPress(f"errors must name input blocks of the modal ({', '.join(sorted(inputs))}), not {errors}")
