"""Which keys a runbook may have at a place: asked of the model's own JSON Schema, so that it cannot drift from it."""

from collections.abc import Mapping
from functools import cache

from starter.problems import Loc
from workflows.policy.runbook import Runbook

Schema = Mapping[str, object]


def words_at(loc: Loc) -> tuple[str, ...]:
    """The keys that the mapping at `loc` may have; nothing where any key goes."""
    node = _schema()
    for part in loc:
        node = _inside(node, part)
    return tuple(_mapping(_resolved(node).get("properties")))


@cache
def _schema() -> Schema:
    return Runbook.model_json_schema()


def _inside(node: Schema, part: int | str) -> Schema:
    node = _resolved(node)
    if isinstance(part, int):
        return _mapping(node.get("items"))
    if named := _mapping(node.get("properties")).get(part):
        return _mapping(named)
    free = [_mapping(node.get("additionalProperties")), *_mapping(node.get("patternProperties")).values()]
    return next((_mapping(schema) for schema in free if schema), {})


def _resolved(node: Schema) -> Schema:
    """Follow references; of an optional value, the part that is not null."""
    options = node.get("anyOf")
    if isinstance(options, list):
        node = next((option for option in options if option.get("type") != "null"), {})
    reference = node.get("$ref")
    if isinstance(reference, str):
        return _mapping(_mapping(_schema()["$defs"]).get(reference.removeprefix("#/$defs/")))
    return node


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}
