"""How the HTTP API documents itself: what it answers, and what is said beside the fields of an event."""

from typing import Any

from starter.gateway.errors import ErrorBody

API = "/api/v1"
VIA_API = "API"
API_READ: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "no token that is known here"},
    403: {"model": ErrorBody, "description": "the token's scope does not allow it"},
    404: {"model": ErrorBody, "description": "not exactly one is meant; the text lists those that could be"},
    422: {"model": ErrorBody, "description": "a field is wrong; the problems name it"},
    503: {"model": ErrorBody, "description": "Temporal is away, or no worker answers"},
}
API_DONE: dict[int | str, dict[str, Any]] = API_READ | {
    202: {"model": ErrorBody, "description": "recorded, but no worker is running: nothing is being paged"},
    400: {"model": ErrorBody, "description": "no JSON"},
    409: {"model": ErrorBody, "description": "the incident says no; the text is its reason"},
    413: {"model": ErrorBody, "description": "too long"},
}
API_PREVIEWED = {status: about for status, about in API_DONE.items() if status != 202}
FOR_WHOM = {"type": "string", "description": "for whom you do it; it stands beside your name, marked as unproved"}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "the same key again changes nothing: make one for each thing that you do",
}


def described_body(schema: Any, beside: dict[str, Any], *, keyed: bool = True) -> dict[str, Any]:
    """`keyed`: sent again with its Idempotency-Key, it counts once."""
    whole = {**schema, "properties": {**schema["properties"], **beside}, "additionalProperties": False}
    body = {"required": bool(whole.get("required")), "content": {"application/json": {"schema": whole}}}
    return {"requestBody": body, "parameters": [_IDEMPOTENCY_KEY] if keyed else []}
