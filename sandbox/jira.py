"""Jira Cloud in memory and over HTTP: https://developer.atlassian.com/cloud/jira/platform/rest/v3/

As strict as the real one about what is easily got wrong: one line of summary, labels without blanks, text in
Atlassian's document format and never as a string, transitions that exist. Its search knows a ticket at once, which
Jira's does not.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sandbox.vendor_error import VendorError

Category = Literal["new", "indeterminate", "done"]
JIRA_STATUSES: dict[str, Category] = {"To Do": "new", "In Progress": "indeterminate", "Done": "done"}
JIRA_TRANSITIONS = {"11": "To Do", "21": "In Progress", "31": "Done"}
LABEL_QUERY = re.compile(r'labels = "(?P<label>[^"]+)"')
Label = Annotated[str, Field(pattern=r"^\S{1,255}$")]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class JiraComment:
    id: str
    body: JsonValue
    text: str
    created: datetime


@dataclass
class Issue:
    id: str
    key: str
    summary: str
    issue_type: str
    description: JsonValue
    text: str
    labels: tuple[str, ...]
    status: str = "To Do"
    comments: list[JiraComment] = field(default_factory=list)

    @property
    def status_json(self) -> dict[str, JsonValue]:
        return _status(self.status)


def _status(name: str) -> dict[str, JsonValue]:
    return {"name": name, "statusCategory": {"key": JIRA_STATUSES[name]}}


class _WantedIssue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Node(_WantedIssue):
    """https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/"""

    type: Literal["doc", "paragraph", "text", "hardBreak"]
    version: Literal[1] | None = None
    content: tuple["_Node", ...] = ()
    text: Annotated[str, Field(min_length=1)] | None = None
    marks: tuple[dict[str, JsonValue], ...] = ()

    def plain(self) -> str:
        if self.type == "hardBreak":
            return "\n"
        return self.text or ("\n\n" if self.type == "doc" else "").join(node.plain() for node in self.content)


class _Document(_Node):
    type: Literal["doc"]
    version: Literal[1]


class _Key(_WantedIssue):
    key: str = Field(pattern="^[A-Z][A-Z0-9_]+$")


class _IssueTypeName(_WantedIssue):
    name: Literal["Task", "Bug", "Story"]


class _IssueFields(_WantedIssue):
    project: _Key
    issuetype: _IssueTypeName
    summary: str = Field(min_length=1, max_length=255, pattern=r"^[^\r\n]+$")
    description: _Document
    labels: tuple[Label, ...] = ()


class _CreateIssue(_WantedIssue):
    fields: _IssueFields


class _CommentIssue(_WantedIssue):
    body: _Document


class _Id(_WantedIssue):
    id: str


class _MoveIssue(_WantedIssue):
    transition: _Id


class _Search(_WantedIssue):
    jql: str
    fields: tuple[str, ...] = ()
    maxResults: int = Field(50, ge=1, le=5000)  # noqa: N815 (Jira's name)


class Tracker:
    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def reset(self) -> None:
        self.issues.clear()

    async def create(self, request: Request) -> JsonValue:
        body = await request.body()
        wanted = _parse(_CreateIssue, body).fields
        number = len(self.issues) + 1
        raw = (await request.json())["fields"]["description"]
        key = f"{wanted.project.key}-{number}"
        self.issues.append(
            Issue(
                str(10_000 + number), key, wanted.summary, wanted.issuetype.name, raw, wanted.description.plain(),
                wanted.labels,
            )
        )  # fmt: skip
        return {"id": str(10_000 + number), "key": key, "self": f"{request.url}/{10_000 + number}"}

    async def show(self, key: str) -> JsonValue:
        issue = self.find(key)
        return {"id": issue.id, "key": key, "fields": {"summary": issue.summary, "status": issue.status_json}}

    async def comment(self, key: str, request: Request) -> JsonValue:
        issue = self.find(key)
        said = _parse(_CommentIssue, await request.body()).body
        raw = (await request.json())["body"]
        made = JiraComment(str(len(issue.comments) + 1), raw, said.plain(), datetime.now(UTC))
        issue.comments.append(made)
        return {"id": made.id, "body": raw, "created": _at(made.created)}

    async def comments(self, key: str) -> JsonValue:
        newest_first = reversed(self.find(key).comments)
        return {"comments": [{"id": each.id, "body": each.body, "created": _at(each.created)} for each in newest_first]}

    async def transitions(self, key: str) -> JsonValue:
        self.find(key)
        return {
            "transitions": [{"id": number, "name": to, "to": _status(to)} for number, to in JIRA_TRANSITIONS.items()]
        }

    async def move(self, key: str, request: Request) -> Response:
        issue = self.find(key)
        wanted = _parse(_MoveIssue, await request.body()).transition.id
        if wanted not in JIRA_TRANSITIONS:
            raise _complaint(400, f"Transition id '{wanted}' is not valid for this issue.")
        issue.status = JIRA_TRANSITIONS[wanted]
        return Response(status_code=204)

    async def search(self, request: Request) -> JsonValue:
        wanted = _parse(_Search, await request.body())
        query = LABEL_QUERY.fullmatch(wanted.jql)
        if query is None:
            raise _complaint(400, "Error in the JQL Query")
        found = [issue for issue in self.issues if query["label"] in issue.labels][: wanted.maxResults]
        return {"issues": [{"id": each.id, "key": each.key} for each in found], "isLast": True}

    def find(self, key: str) -> Issue:
        for issue in self.issues:
            if issue.key == key:
                return issue
        raise _complaint(404, "Issue does not exist or you do not have permission to see it.")


def router(tracker: Tracker) -> APIRouter:
    api = APIRouter(prefix="/jira/rest/api/3", tags=["Jira"], dependencies=[Depends(_check_token)])
    api.add_api_route("/issue", tracker.create, methods=["POST"], status_code=201)
    api.add_api_route("/issue/{key}", tracker.show, methods=["GET"])
    api.add_api_route("/issue/{key}/comment", tracker.comment, methods=["POST"], status_code=201)
    api.add_api_route("/issue/{key}/comment", tracker.comments, methods=["GET"])
    api.add_api_route("/issue/{key}/transitions", tracker.transitions, methods=["GET"])
    api.add_api_route("/issue/{key}/transitions", tracker.move, methods=["POST"], status_code=204)
    api.add_api_route("/search/jql", tracker.search, methods=["POST"])
    return api


async def _check_token(authorization: Annotated[str, Header()] = "") -> None:
    scheme, _, credentials = authorization.partition(" ")
    try:
        email, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        email = token = ""
    if scheme != "Basic" or "@" not in email or token in ("", "bad"):
        raise _complaint(401, "Client must be authenticated to access this resource.")


def _at(moment: datetime) -> str:
    """As Jira writes it: milliseconds, and a zone without a colon."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _complaint(status: int, message: str, errors: dict[str, JsonValue] | None = None) -> VendorError:
    return VendorError(status, {"errorMessages": [message] if message else [], "errors": errors or {}})


def _parse(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        fields: dict[str, Any] = {str(e["loc"][-1] if e["loc"] else "body"): e["msg"] for e in error.errors()}
        raise _complaint(400, "", fields) from None
