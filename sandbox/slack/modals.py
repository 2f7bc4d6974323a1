"""Modals: up to three on top of each other, for each person."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from sandbox.ids import new_id
from sandbox.slack.errors import slack_error

MOST_MODALS = 3
"""https://docs.slack.dev/surfaces/modals#updating_views"""


@dataclass
class SandboxModal:
    """`shape` is what the app sent; `errors` are shown below the inputs, by block."""

    id: str
    user: str
    root_id: str
    previous_id: str | None
    shape: dict[str, JsonValue]
    hash: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def show(self, shape: dict[str, JsonValue]) -> None:
        """Each block gets an id, as in Slack: state and errors are told by it."""
        blocks = shape.get("blocks")
        given = blocks if isinstance(blocks, list) else []
        named = [{"block_id": new_id()[:5], **block} for block in given if isinstance(block, dict)]
        self.shape, self.errors = {**shape, "blocks": [*named]}, {}
        self.hash = f"{new_id().lower()}.{new_id().lower()}"

    @property
    def external_id(self) -> str:
        return str(self.shape.get("external_id") or "")


class SandboxModals:
    def __init__(self) -> None:
        self._stacks: dict[str, list[SandboxModal]] = {}

    def reset(self) -> None:
        self._stacks.clear()

    def all(self) -> list[SandboxModal]:
        return [modal for stack in self._stacks.values() for modal in stack]

    def top(self, user: str) -> SandboxModal | None:
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, shape: dict[str, JsonValue]) -> SandboxModal:
        self._stacks[user] = []
        return self._add(user, shape)

    def push(self, user: str, shape: dict[str, JsonValue]) -> SandboxModal:
        if len(self._stacks.get(user, ())) == MOST_MODALS:
            raise slack_error("push_limit_reached")
        return self._add(user, shape)

    def update(self, view_id: str, external_id: str, known_hash: str, shape: dict[str, JsonValue]) -> SandboxModal:
        for modal in self.all():
            if (view_id and modal.id == view_id) or (external_id and modal.external_id == external_id):
                if known_hash and known_hash != modal.hash:
                    raise slack_error("hash_conflict")
                modal.show(shape)
                return modal
        raise slack_error("not_found")

    def close(self, user: str) -> None:
        """The one on top."""
        self._stacks[user].pop()

    def clear(self, user: str) -> None:
        self._stacks.pop(user, None)

    def _add(self, user: str, shape: dict[str, JsonValue]) -> SandboxModal:
        external_id = shape.get("external_id")
        if external_id and any(each.external_id == external_id for each in self.all()):
            raise slack_error("duplicate_external_id")
        stack = self._stacks.setdefault(user, [])
        view_id = new_id("V")
        modal = SandboxModal(view_id, user, stack[0].id if stack else view_id, stack[-1].id if stack else None, shape)
        modal.show(shape)
        stack.append(modal)
        return modal
