"""The installation's desk that goes by a gateway's HTTP API."""

from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter

from starter.desk.answers import PageTestAnswer
from starter.desk.on_call_answers import OverrideRequest, PostOnCall
from starter.desk.watch_answers import HeartbeatRequest, ListedHeartbeat, ListedSilence, SilenceRequest
from tocsin.gateway_api import GatewayApi
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused
from workflows.policy.watches.installation import Publication
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary

_SILENCES_ANSWER: TypeAdapter[list[ListedSilence]] = TypeAdapter(list[ListedSilence])
_HEARTBEATS_ANSWER: TypeAdapter[list[ListedHeartbeat]] = TypeAdapter(list[ListedHeartbeat])
_ON_CALL_PATH = "on-call"
_ON_CALL_ANSWER: TypeAdapter[list[PostOnCall]] = TypeAdapter(list[PostOnCall])


class HttpInstallationDesk:
    def __init__(self, api: GatewayApi) -> None:
        self._api = api

    async def publication(self) -> Publication:
        return (await self._api.get("runbooks")).read(Publication)

    async def silences(self) -> list[ListedSilence]:
        return (await self._api.get("silences")).read(_SILENCES_ANSWER)

    async def silence(self, said: SilenceRequest, by: str, event_id: str = "") -> SilenceSummary:
        return (await self._api.post("silences", _written(said), by, event_id)).read(SilenceSummary)

    async def extend(self, silence: str, event: Extended) -> SilenceSummary:
        answer = await self._api.post(f"silences/{_in_path(silence)}/extend", _spanning(event), event.by, event.id)
        return answer.read(SilenceSummary)

    async def expire(self, silence: str, event: Expired) -> None:
        await self._api.post(f"silences/{_in_path(silence)}/expire", {}, event.by, event.id)

    async def heartbeats(self) -> list[ListedHeartbeat]:
        return (await self._api.get("heartbeats")).read(_HEARTBEATS_ANSWER)

    async def expect(self, name: str, said: HeartbeatRequest) -> ListedHeartbeat:
        return (await self._api.put(f"heartbeats/{_in_path(name)}", _written(said))).read(ListedHeartbeat)

    async def pause(self, name: str, event: Paused) -> ListedHeartbeat:
        said = {**_spanning(event), "reason": event.reason}
        answer = await self._api.post(f"heartbeats/{_in_path(name)}/pause", said, event.by, event.id)
        return answer.read(ListedHeartbeat)

    async def resume(self, name: str, event: Unpaused) -> ListedHeartbeat:
        answer = await self._api.post(f"heartbeats/{_in_path(name)}/resume", {}, event.by, event.id)
        return answer.read(ListedHeartbeat)

    async def remove(self, name: str, event: Removed) -> None:  # noqa: ARG002 (the token says who does it)
        await self._api.delete(f"heartbeats/{_in_path(name)}")

    async def on_call(self, runbook: str, days: int) -> list[PostOnCall]:
        return (await self._api.get(_ON_CALL_PATH, {"runbook": runbook, "days": days})).read(_ON_CALL_ANSWER)

    async def override(self, post: str, said: OverrideRequest, by: str, event_id: str = "") -> PostOnCall:
        answer = await self._api.post(f"{_ON_CALL_PATH}/{_in_path(post)}/override", _written(said), by, event_id)
        return answer.read(PostOnCall)

    async def page_test(self, person: str, by: str) -> PageTestAnswer:
        return (await self._api.post("page-tests", {"person": person}, by)).read(PageTestAnswer)


def _written(said: BaseModel) -> dict[str, object]:
    return said.model_dump(mode="json", exclude_defaults=True)


def _spanning(event: Extended | Paused) -> dict[str, object]:
    return event.model_dump(mode="json", include={"duration"})


def _in_path(name: str) -> str:
    return quote(name, safe="")
