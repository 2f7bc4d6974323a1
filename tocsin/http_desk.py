"""The desk that goes by a gateway's HTTP API."""

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from urllib.parse import quote

from pydantic import TypeAdapter

from starter.desk.answers import (
    Adoption,
    Called,
    Declaration,
    Declared,
    KeptFollowUp,
    ListedObligation,
    Remembered,
    ShownIncident,
    ShownReview,
)
from starter.desk.verbs import content, verb_of
from starter.temporal.results import ListPage, ReviewSummary, Row, Summary
from tocsin.gateway_api import GatewayApi
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
    def __init__(self, api: GatewayApi) -> None:
        self._api = api

    async def ask(self, part: str, event: Event, *, unlisted: bool = False) -> UpdateResult:
        answer = await self._api.post(_path(part, event), _said(event, unlisted), event.by, event.id)
        return answer.read(_EVENT_ANSWER)

    async def foresee(self, part: str, event: Event, *, unlisted: bool = False) -> Foreseen:
        answer = await self._api.post(f"{_path(part, event)}/preview", _said(event, unlisted), event.by)
        return answer.read(Foreseen)

    async def preview_public(self, said: Declaration) -> tuple[Outgoing, ...]:
        given = said.model_dump(mode="json", exclude_defaults=True)
        return (await self._api.post("incidents/preview", given)).read(_PREVIEW_ANSWER)

    async def declare(self, said: Declaration, by: str, event_id: str = "") -> Declared:
        given = said.model_dump(mode="json", exclude_defaults=True)
        return (await self._api.post("incidents", given, by, event_id)).read(Declared)

    async def incidents(self, number: int, size: int, *, closed: bool) -> ListPage[Summary]:
        query = {"page": number, "size": size, "closed": str(closed).lower()}
        return (await self._api.get("incidents", query)).read(ListPage[Summary])

    async def all_incidents(self, *, closed: bool) -> tuple[Summary, ...]:
        return await _all(partial(self.incidents, closed=closed))

    async def show(self, part: str) -> ShownIncident | Remembered:
        return (await self._api.get(f"incidents/{_id(part)}")).read(_SHOWN_INCIDENT)

    async def plan(self, part: str) -> PlanView | Remembered:
        return (await self._api.get(f"incidents/{_id(part)}/plan")).read(_SHOWN_PLAN)

    async def reviews(self, number: int, size: int, *, closed: bool) -> ListPage[ReviewSummary]:
        query = {"page": number, "size": size, "closed": str(closed).lower()}
        return (await self._api.get("reviews", query)).read(ListPage[ReviewSummary])

    async def all_reviews(self, *, closed: bool) -> tuple[ReviewSummary, ...]:
        return await _all(partial(self.reviews, closed=closed))

    async def show_review(self, part: str) -> ShownReview | Remembered:
        return (await self._api.get(f"reviews/{_id(part)}")).read(_SHOWN_REVIEW)

    async def follow_ups(self, part: str) -> list[KeptFollowUp]:
        return (await self._api.get("followups", {"incident": part})).read(_FOLLOW_UPS_ANSWER)

    async def obligations(self, part: str) -> list[ListedObligation]:
        return (await self._api.get("obligations", {"incident": part})).read(_OBLIGATIONS_ANSWER)

    async def foresee_adoption(self, part: str, runbook: str) -> Adoption:
        answer = await self._api.post(f"incidents/{_id(part)}/adopt/preview", {"runbook": runbook})
        return answer.read(Adoption)

    async def adopt(self, part: str, runbook: str, by: str, via: str, event_id: str = "") -> UpdateResult:  # noqa: ARG002 (the gateway knows through what)
        answer = await self._api.post(f"incidents/{_id(part)}/adopt", {"runbook": runbook}, by, event_id)
        return answer.read(UpdateResult)


def _said(event: Event, unlisted: bool) -> dict[str, object]:
    beside = {"if_still": event.if_still, "unlisted": unlisted}
    return {**content(event), **{name: value for name, value in beside.items() if value}}


def _path(part: str, event: Event) -> str:
    verb = verb_of(event)
    return f"{verb.group}/{_id(part)}/{verb.name}"


def _id(part: str) -> str:
    return quote(part, safe="") if part else "-"


async def _all(page: Callable[[int, int], Awaitable[ListPage[Row]]]) -> tuple[Row, ...]:
    rows = list[Row]()
    for number in count(1):
        found = await page(number, ROWS_AT_A_TIME)
        rows += found.rows
        if number * ROWS_AT_A_TIME >= found.total:
            break
    return tuple(rows)
