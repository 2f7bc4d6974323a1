"""What is redacted of alerts, and of what people say, before anything of it is stored."""

from typing import Annotated, Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

MOST_PATTERNS: Final = 50

RedactedPattern = Annotated[str, Field(min_length=1, max_length=1000)]
"""A comma is part of it: several stand in lines, or in a JSON list."""


class RedactionSettings(BaseSettings):
    redact: tuple[RedactedPattern, ...] = Field(
        (),
        max_length=MOST_PATTERNS,
        description="patterns in RE2's syntax: what they match in an alert's texts, labels and links, and in what "
        "people and vendors say, is `***` before anything is stored (several: one a line, or a JSON list)",
    )

    @field_validator("redact")
    @classmethod
    def _are_patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for number, written in enumerate(value, 1):
            if problem := _problem(written):
                raise ValueError(f"pattern {number} {problem}")
        return value


def _problem(written: str) -> str:
    import re2  # with it, no command is slower for those who redact nothing

    quiet = re2.Options()
    quiet.log_errors = False
    try:
        pattern = re2.compile(written, quiet)
    except re2.error as error:
        why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        return f"is none in RE2's syntax: {why}"
    return "matches where there is nothing, so it would be everywhere" if pattern.search("") else ""
