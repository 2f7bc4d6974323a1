"""What all of PagerDuty's REST API has in common: who asks, how bodies are read, how it says no."""

from typing import Annotated, TypeVar

from fastapi import Header
from pydantic import BaseModel, ValidationError

from sandbox.pagerduty_incident import Agent
from sandbox.vendor_error import VendorError

Model = TypeVar("Model", bound=BaseModel)
From = Annotated[str | None, Header(alias="From")]


def requester(sender: str | None) -> Agent:
    """Changes are made in the name of a user: the From header is required."""
    if not sender:
        raise rest_error(400, 1008, "Requester User Not Found", "From header is required")
    return Agent(sender)


def parsed(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise rest_error(400, 2001, "Invalid Input Provided", *errors) from None


def rest_error(status: int, code: int, message: str, *errors: str) -> VendorError:
    return VendorError(status, {"error": {"message": message, "code": code, "errors": list(errors)}})
