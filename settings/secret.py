"""What a sender proves itself with."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr


def _is_said(secret: SecretStr) -> SecretStr:
    """A variable that was never set leaves `[""]`: then everybody could sign, with nothing."""
    if not secret.get_secret_value().strip():
        raise ValueError("one of them is empty, and would let anybody in: fill it in, or leave the setting out")
    return secret


Secrets = tuple[Annotated[SecretStr, AfterValidator(_is_said)], ...]
"""Several, while one is rotated."""
