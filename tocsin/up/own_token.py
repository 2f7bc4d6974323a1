"""The token of whoever runs `up`: their commands go by the gateway with it, and so prove who they are.

Who can read the state folder is that user of the operating system. A new one is made at each start.
"""

import re

from settings import Settings
from settings.access import ApiToken, hashed
from tocsin.commands.arguments import me

_NOT_IN_A_NAME = re.compile(r"[^\w .@-]")


def api_tokens(settings: Settings, token: str) -> str:
    """For the gateway's settings: this one beside those that were handed out."""
    own = ApiToken(name=_name(), scope="admin", sha256=hashed(token))
    return ",".join(map(str, (*settings.api_tokens, own)))


def _name() -> str:
    """As a token's name may be."""
    return _NOT_IN_A_NAME.sub("", me()).strip(" -")[:60] or "someone"
