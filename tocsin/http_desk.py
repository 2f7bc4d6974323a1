"""The desk that goes by a gateway's HTTP API: whoever uses it needs a token, and nothing of Temporal."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from itertools import count
from types import MappingProxyType
from urllib.parse import quote, urlencode
from uuid import uuid4

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_json

from starter.desk.answers import (
    Called,
    Declaration,
    Declared,
    KeptFollowUp,
    ListedObligation,
    Remembered,
    ShownIncident,
    ShownReview,
)
from starter.desk.meaning import Unlisted
from starter.desk.verbs import content, verb_of
from starter.temporal.results import ListPage, LookupFailed, RefusedByIncident, ReviewSummary, Row, Summary
from tocsin.failure import ExitCode, Failure
from tocsin.gateway_call import GatewayAnswer, NotReached, call
from workflows.policy.incident.events import Event
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, PlanView, UpdateResult

ROWS_AT_A_TIME = 100
_SHOWN_INCIDENT: TypeAdapter[ShownIncident | Remembered] = TypeAdapter(ShownIncident | Remembered)
_SHOWN_PLAN: TypeAdapter[PlanView | Remembered] = TypeAdapter(PlanView | Remembered)
_SHOWN_REVIEW: TypeAdapter[ShownReview | Remembered] = TypeAdapter(ShownReview | Remembered)
_EVENT_ANSWER: TypeAdapter[Called | UpdateResult] = TypeAdapter(Called | UpdateResult)
_PREVIEW_ANSWER: TypeAdapter[tuple[Outgoing, ...]] = TypeAdapter(tuple[Outgoing, ...])
_OBLIGATIONS_ANSWER: TypeAdapter[list[ListedObligation]] = TypeAdapter(list[ListedObligation])
_FOLLOW_UPS_ANSWER: TypeAdapter[list[KeptFollowUp]] = TypeAdapter(list[KeptFollowUp])


class HttpDesk:
    """Every method raises Failure when the gateway cannot be reached, or does not take the token."""

    def __init__(self, url: str, token: str, nobody_said: str, otherwise: str = "") -> None:
        """`nobody_said`: the name of whoever is logged in here, which is no word of anybody's: the token has a name.
        `otherwise`: what to set to go another way, if the gateway cannot be reached; it is this machine's then."""
        self._url = url.rstrip("/")
        self._otherwise = otherwise
        self._headers = {"Authorization": f"Bearer {token}"}
        self._nobody_said = nobody_said

    async def ask(self, part: str, event: Event, *, unlisted: bool = False) -> UpdateResult:
        said = self._said(event, unlisted)
        return _EVENT_ANSWER.validate_json(await self._post(_path(part, event), said, event.id))

    async def foresee(self, part: str, event: Event, *, unlisted: bool = False) -> Foreseen:
        said = self._said(event, unlisted)
        return Foreseen.model_validate_json(await self._post(f"{_path(part, event)}/preview", said, ""))

    async def preview_public(self, said: Declaration) -> tuple[Outgoing, ...]:
        given = said.model_dump(mode="json", exclude_defaults=True)
        return _PREVIEW_ANSWER.validate_json(await self._post("incidents/preview", given, ""))

    async def declare(self, said: Declaration, by: str, event_id: str = "") -> Declared:
        given = {**said.model_dump(mode="json", exclude_defaults=True), **self._for(by)}
        return Declared.model_validate_json(await self._post("incidents", given, event_id))

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        query = {"page": number, "size": size, "closed": str(closed).lower()}
        return ListPage[Summary].model_validate_json(await self._get("incidents", query))

    async def all_incidents(self, *, closed: bool) -> tuple[Summary, ...]:
        return await _all(partial(self.incidents, closed=closed))

    async def show(self, part: str) -> ShownIncident | Remembered:
        return _SHOWN_INCIDENT.validate_json(await self._get(f"incidents/{_id(part)}"))

    async def plan(self, part: str) -> PlanView | Remembered:
        return _SHOWN_PLAN.validate_json(await self._get(f"incidents/{_id(part)}/plan"))

    async def reviews(self, number: int, size: int, *, closed: bool) -> ListPage[ReviewSummary]:
        query = {"page": number, "size": size, "closed": str(closed).lower()}
        return ListPage[ReviewSummary].model_validate_json(await self._get("reviews", query))

    async def all_reviews(self, *, closed: bool) -> tuple[ReviewSummary, ...]:
        return await _all(partial(self.reviews, closed=closed))

    async def show_review(self, part: str) -> ShownReview | Remembered:
        return _SHOWN_REVIEW.validate_json(await self._get(f"reviews/{_id(part)}"))

    async def follow_ups(self, part: str) -> list[KeptFollowUp]:
        return _FOLLOW_UPS_ANSWER.validate_json(await self._get("followups", {"incident": part}))

    async def obligations(self, part: str) -> list[ListedObligation]:
        return _OBLIGATIONS_ANSWER.validate_json(await self._get("obligations", {"incident": part}))

    def _said(self, event: Event, unlisted: bool) -> dict[str, object]:
        beside = {"if_still": event.if_still, "unlisted": unlisted}
        return {**content(event), **self._for(event.by), **{name: value for name, value in beside.items() if value}}

    def _for(self, by: str) -> dict[str, str]:
        return {} if by == self._nobody_said else {"for": by}

    async def _get(self, path: str, query: Mapping[str, object] | None = None) -> bytes:
        return await self._request("GET", f"{path}?{urlencode(query)}" if query else path)

    async def _post(self, path: str, said: Mapping[str, object], event_id: str) -> bytes:
        more = {"Idempotency-Key": event_id or uuid4().hex, "Content-Type": "application/json"}
        return await self._request("POST", path, to_json(said), more)

    async def _request(
        self, method: str, path: str, body: bytes | None = None, more: Mapping[str, str] = MappingProxyType({})
    ) -> bytes:
        url, headers = f"{self._url}/api/v1/{path}", {**self._headers, **more}
        try:
            answer = await call(method, url, headers, body, near=bool(self._otherwise))
        except NotReached as why:
            around = f". To go around it: {self._otherwise} tocsin ..." if self._otherwise else ""
            raise Failure(f"cannot reach the gateway at {self._url}: {why}{around}", ExitCode.not_reached) from None
        if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return answer.body
        raise _no(answer)


def _path(part: str, event: Event) -> str:
    verb = verb_of(event)
    return f"{verb.group}/{_id(part)}/{verb.name}"


def _id(part: str) -> str:
    return quote(part, safe="") if part else "-"


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


async def _all(page: Callable[[int, int], Awaitable[ListPage[Row]]]) -> tuple[Row, ...]:
    rows = list[Row]()
    for number in count(1):
        found = await page(number, ROWS_AT_A_TIME)
        rows += found.rows
        if number * ROWS_AT_A_TIME >= found.total:
            break
    return tuple(rows)
