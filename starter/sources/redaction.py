"""What the settings redact of alerts. RE2 takes time in proportion to the text, whatever the patterns are."""

from collections.abc import Sequence

from starter.sources.credentials import MASK, Mask


def redaction(patterns: Sequence[str]) -> Mask | None:
    """None: nothing is redacted, and nothing is loaded for it."""
    if not patterns:
        return None
    import re2

    compiled = [re2.compile(pattern) for pattern in patterns]

    def redact(text: str) -> str:
        sound = text.encode(errors="replace").decode()  # a lone surrogate is no text
        for pattern in compiled:
            sound = str(pattern.sub(MASK, sound))
        return sound

    return redact
