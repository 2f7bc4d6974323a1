"""A service that apprise reaches by its plainest plugin: https://appriseit.com/services/json/

Like most of them it takes each message for a new one, whoever sends it twice.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.vendor_error import VendorError

BAD_PASSWORD = "bad-password"  # noqa: S105 (one that the service does not know, for tests)
NOTICE_CHARACTERS = 4000


class SentNotice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    message: str
    type: str


@dataclass(frozen=True)
class TakenNotice:
    at: datetime
    to: str
    title: str
    text: str


class NoticeService:
    def __init__(self) -> None:
        self.taken: list[TakenNotice] = []

    def reset(self) -> None:
        self.taken.clear()

    async def take(
        self, to: str, request: Request, login: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]
    ) -> dict[str, bool]:
        if login.password == BAD_PASSWORD:
            raise VendorError(401, {"error": "who is that?"})
        try:
            said = SentNotice.model_validate_json(await request.body())
        except ValidationError:
            raise VendorError(400, {"error": "no message"}) from None
        if not said.message or len(said.message) > NOTICE_CHARACTERS:
            raise VendorError(413, {"error": "too long, or empty"})
        self.taken.append(TakenNotice(datetime.now(UTC), to, said.title, said.message))
        return {"ok": True}


def router(service: NoticeService) -> APIRouter:
    api = APIRouter(prefix="/apprise", tags=["apprise"])
    api.add_api_route("/{to}", service.take, methods=["POST"])
    return api
