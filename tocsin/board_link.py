"""The link that opens the board in a browser: the gateway makes it, for whoever has a token. It leads in once."""

import webbrowser

import httpx
from pydantic import BaseModel, ValidationError

from tocsin.failure import ExitCode, Failure

LINK_WITHIN_S = 10.0


class BoardLink(BaseModel):
    path: str


async def board_link(gateway: str, token: str) -> str:
    """Raises Failure."""
    try:
        async with httpx.AsyncClient(timeout=LINK_WITHIN_S) as http:
            bearer = {"Authorization": f"Bearer {token}"}
            answer = await http.post(f"{gateway.rstrip('/')}/api/v1/login-links", headers=bearer)
            link = BoardLink.model_validate_json(answer.raise_for_status().content)
    except (httpx.HTTPError, httpx.InvalidURL, ValidationError) as error:
        raise Failure(f"the gateway at {gateway} makes no link to its board: {error}", ExitCode.not_reached) from None
    return gateway.rstrip("/") + link.path


def open_in_browser(link: str) -> bool:
    """False: there is none, as on a server."""
    return webbrowser.open(link)
