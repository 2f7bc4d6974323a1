"""The link that opens the board in a browser: the gateway makes it, for whoever has a token. It leads in once."""

import webbrowser

from pydantic import BaseModel, ValidationError

from tocsin.failure import ExitCode, Failure
from tocsin.gateway_call import GatewayAccess, NotReached, call


class BoardLink(BaseModel):
    path: str


async def board_link(there: GatewayAccess) -> str:
    """Raises Failure."""
    address = there.url.rstrip("/")
    bearer = {"Authorization": f"Bearer {there.token}", "Content-Type": "application/json"}
    try:
        answer = await call("POST", f"{address}/api/v1/login-links", bearer, b"")
    except NotReached as error:
        raise _no_link(there, str(error)) from None
    try:
        return address + BoardLink.model_validate_json(answer.body).path
    except ValidationError:
        raise _no_link(there, f"it answered {answer.status}") from None


def open_in_browser(link: str) -> bool:
    """False: there is none, as on a server."""
    return webbrowser.open(link)


def _no_link(there: GatewayAccess, why: str) -> Failure:
    return Failure(f"the gateway at {there.url} makes no link to its board: {why}", ExitCode.not_reached)
