"""The JSON Schema of a runbook as people write it, from the models: editors complete and check with it.

It differs from the compiled form in three things: durations are written (`15m`), holidays may be a rule, and a way to
a person may be written in short.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from starter.runbooks.holidays import PublicHolidays
from workflows.policy.runbook import intake, model, obligations, on_call, people, reach, terms
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAYS
from workflows.policy.time import calendar, durations

DURATION: JsonSchemaValue = {
    "type": "string",
    "pattern": r"^\s*(\d+\s*[smhdw]\s*)+$",
    "description": "Such as 90s, 15m, 1h 30m, 3d or 1w.",
}


class _Written(GenerateJsonSchema):
    def timedelta_schema(self, _: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        return dict(DURATION)

    def time_schema(self, _: core_schema.TimeSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A whole part that is left out has the defaults of its keys: they are said there, once."""
        value = super().default_schema(schema)
        return {key: part for key, part in value.items() if not (key == "default" and isinstance(part, dict))}

    def encode_default(self, dft: object) -> object:
        return durations.write(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


@cache
def schema() -> JsonSchemaValue:
    """The whole schema. Shared: not to be changed."""
    whole = Runbook.model_json_schema(schema_generator=_Written)
    models = whole["$defs"] | {"Runbook": whole}
    for found in _models():
        if found.__name__ in models:
            _describe(models[found.__name__], found)
    holidays = PublicHolidays.model_json_schema()
    dates = whole["$defs"]["Calendar"]["properties"]["holidays"]
    whole["$defs"]["Calendar"]["properties"]["holidays"] = {
        "description": f"{dates.pop('description')} Either the dates, or whose public holidays they are.",
        "anyOf": [dates, holidays],
    }
    steps = whole["$defs"]["Person"]["properties"]["reach"]
    steps["items"] = {"anyOf": [{"enum": list(WAYS)}, _short_steps(), steps["items"]]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def _short_steps() -> JsonSchemaValue:
    """`{WAY: NAME, after: 2m}`"""
    address = {"anyOf": [{"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"}, {"type": "null"}]}
    ways = dict.fromkeys(WAYS, address)
    return {
        "type": "object",
        "properties": {**ways, "after": dict(DURATION)},
        "oneOf": [{"required": [way]} for way in WAYS],
        "additionalProperties": False,
    }


def _models() -> Iterator[type[BaseModel]]:
    for module in (calendar, intake, on_call, people, reach, terms, obligations, model):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, BaseModel):
                yield found


def _describe(schema: JsonSchemaValue, model: type[BaseModel]) -> None:
    """Say what each key is for, and that there are no others (the models let pass what a later version adds)."""
    schema["additionalProperties"] = False
    for field, text in (said for kind in reversed(model.__mro__) if _is_ours(kind) for said in _docstrings(kind)):
        name = model.model_fields[field].alias or field
        if name in schema["properties"]:
            schema["properties"][name]["description"] = " ".join(text.split())


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("workflows.policy.")


def _docstrings(model: type) -> Iterator[tuple[str, str]]:
    """The strings under a model's fields. Pydantic could collect them, but would read the source in every workflow."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, words
