"""Which keys a runbook may have at a place: asked of its own JSON Schema, so that it cannot drift from it."""

from collections.abc import Iterator, Mapping

from starter.runbooks.problems import Loc
from starter.runbooks.schema import schema

Schema = Mapping[str, object]


def words_at(loc: Loc) -> tuple[str, ...]:
    """The keys that the mapping at `loc` may have; nothing where any key goes."""
    places: list[Schema] = [schema()]
    for part in loc:
        places = [inner for place in places for inner in _inside(place, part)]
    return tuple(word for place in places for form in _forms(place) for word in _mapping(form.get("properties")))


def _inside(place: Schema, part: int | str) -> Iterator[Schema]:
    for form in _forms(place):
        named = _mapping(form.get("properties")).get(str(part))
        if isinstance(part, int):
            yield _mapping(form.get("items"))
        elif named is not None:
            yield _mapping(named)
        else:
            free = (form.get("additionalProperties"), *_mapping(form.get("patternProperties")).values())
            yield from (_mapping(any_key) for any_key in free)


def _forms(place: Schema) -> Iterator[Schema]:
    """What may stand there: references followed, alternatives one by one."""
    options, reference = place.get("anyOf"), place.get("$ref")
    if isinstance(options, list):
        for option in options:
            yield from _forms(option)
    elif isinstance(reference, str):
        yield from _forms(_mapping(_mapping(schema()["$defs"]).get(reference.removeprefix("#/$defs/"))))
    else:
        yield place


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}
