"""What a source of alerts is. To add one, see CONTRIBUTING.md; every one passes `tests/starter/sources`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, SecretStr

from starter.sources.reading import Reading, Webhook

Translate = Callable[[Webhook], Reading]
"""Pure: no clock, no settings, no runbook. Raises Unreadable, and nothing else, whatever is sent."""
Check = Callable[[Webhook, Sequence[SecretStr]], bool]
"""Does the webhook prove that its sender knows one of these secrets? Never raises: see `starter.sources.verify`."""


@dataclass(frozen=True)
class Source:
    """One kind of sender."""

    name: str
    """Ends its address: `/webhooks/<name>`. Part of every workflow id, so it never changes."""
    about: str
    """For the OpenAPI document: what sends this, how it proves itself, what it must be told."""
    translate: Translate
    is_genuine: Check
    secrets: str
    """The field of `Settings` that holds what `is_genuine` compares with, several while one is rotated."""
    group_is: str
    """What one incident is, in the sender's own terms: `tocsin route` says it."""
    examples: Mapping[str, JsonValue]
    """Bodies by what they show; each is accepted without any header. The first fires."""
    answer_within_s: float = 60
    """When the sender gives up on us, less what the way takes; the gateway's own limit is lower than most."""
    when_refused: str = ""
    """What the sender does after some refusals, in words for whoever has to hurry."""
    schema: Mapping[str, JsonValue] | None = None
    """Of the body, where it is ours to define."""

    @property
    def setting(self) -> str:
        return f"TOCSIN_{self.secrets.upper()}"
