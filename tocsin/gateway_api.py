"""The HTTP API of a gateway, as commands use it: whoever does needs a token, and nothing of Temporal."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json

from starter.desk.meaning import Unlisted
from starter.temporal.results import LookupFailed, RefusedByIncident
from tocsin.failure import ExitCode, Failure
from tocsin.gateway_call import GatewayAccess, GatewayAnswer, NotReached, call

DONE = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
NOTHING_SAID: Mapping[str, object] = MappingProxyType({})
OfAnswer = TypeVar("OfAnswer")


class GivenAnswer(NamedTuple):
    """Of a gateway that did what it was asked for."""

    url: str
    body: bytes
    only_read: bool

    def read(self, kind: type[OfAnswer] | TypeAdapter[OfAnswer]) -> OfAnswer:
        """Raises Failure: whoever asked for something has to know whether it is done."""
        expected = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
        try:
            return expected.validate_json(self.body)
        except ValidationError as error:
            done = "" if self.only_read else " It did what it was asked for: do not ask again."
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise Failure(
                f"the gateway is of another version: its answer cannot be read here ({self.url}"
                f"{', ' if where else ''}{where}).{done} Install the same tocsin here as there."
            ) from None


class GatewayApi:
    """Every method raises Failure when the gateway cannot be reached, or does not take the token."""

    def __init__(self, access: GatewayAccess, nobody_said: str) -> None:
        """`nobody_said`: the name of whoever is logged in here, which is no word of anybody's: the token has a name."""
        self._access = access
        self._nobody_said = nobody_said

    async def get(self, path: str, query: Mapping[str, object] = NOTHING_SAID) -> GivenAnswer:
        return await self._request("GET", f"{path}?{urlencode(query)}" if query else path)

    async def post(self, path: str, said: Mapping[str, object], by: str = "", event_id: str = "") -> GivenAnswer:
        """`by`: who does it, which stands beside the token's name. `event_id`: sent again with it, it counts once."""
        more = {"Idempotency-Key": event_id} if event_id else {}
        return await self._request("POST", path, {**said, **self._for(by)}, more)

    async def put(self, path: str, said: Mapping[str, object]) -> GivenAnswer:
        return await self._request("PUT", path, said)

    async def delete(self, path: str) -> None:
        await self._request("DELETE", path)

    def _for(self, by: str) -> dict[str, str]:
        return {} if by in ("", self._nobody_said) else {"for": by}

    async def _request(
        self,
        method: str,
        path: str,
        said: Mapping[str, object] | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> GivenAnswer:
        there = self._access
        url, headers = f"{there.url.rstrip('/')}/api/v1/{path}", {"Authorization": f"Bearer {there.token}", **more}
        body = None if said is None else to_json(said)
        try:
            answer = await call(method, url, headers | ({"Content-Type": "application/json"} if body else {}), body)
        except NotReached as why:
            around = f". To go around it: {there.otherwise} tocsin ..." if there.otherwise else ""
            raise Failure(f"cannot reach the gateway at {there.url}: {why}{around}", ExitCode.not_reached) from None
        if answer.status in DONE:
            return GivenAnswer(url, answer.body, only_read=method == "GET" or path.endswith("/preview"))
        raise _no(answer)


def _no(answer: GatewayAnswer) -> Exception:
    """What the gateway means by it, as Temporal itself would have said it."""
    text, fields = _read(answer)
    match answer.status:
        case HTTPStatus.NOT_FOUND if fields is not None:
            return LookupFailed(text)
        case HTTPStatus.CONFLICT if fields == ["unlisted"]:
            return Unlisted(text)
        case HTTPStatus.CONFLICT:
            return RefusedByIncident(text)
        case status if status == HTTPStatus.ACCEPTED or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Failure(text, ExitCode.not_reached)
    return Failure(text)


class _WrongField(BaseModel):
    field: str
    message: str


class _ErrorAnswer(BaseModel):
    """What a gateway answers that does not do what it was asked for."""

    error: str
    problems: list[_WrongField] = []


def _read(answer: GatewayAnswer) -> tuple[str, list[str] | None]:
    """The text for people, and the fields that it is about; None: no gateway of ours says this."""
    try:
        said = _ErrorAnswer.model_validate_json(answer.body)
    except ValidationError:
        return f"{answer.url} answered {answer.status}: is this the address of a gateway?", None
    if answer.status == HTTPStatus.CONFLICT:
        return said.error, [each.field for each in said.problems]
    return "; ".join((said.error, *(f"{each.field}: {each.message}" for each in said.problems))), []
