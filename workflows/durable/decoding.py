"""Makes an event of whatever arrived. Handlers parse inside, because the SDK drops a signal that does not parse."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from workflows.policy.incident.events import Event, NotUnderstood
from workflows.policy.incident.mark import mark
from workflows.policy.incident.state import Incident
from workflows.policy.views.results import PlanView, UpdateResult

LOOKS_AND_TIDIES = frozenset({"confirm", "hush"})
"""Kinds of effects, at the pager: nobody waits for them."""
_MAPPING = TypeAdapter(dict[str, object])
Known = Mapping[str, type[Event]]
"""Wire name of a signal or update -> the event it becomes."""


def decode(known: Known, name: str, args: Sequence[RawValue]) -> tuple[Event, ...]:
    """An event for each argument; `NotUnderstood` for one that cannot be read. Never raises: nothing that was said may
    be lost or do harm.

    No argument at all is fine where the event needs none: `temporal workflow signal --name resolve` works. Several are
    several events of that name: so deliveries travel together, and each is still known by its own id.
    """
    return tuple(_decode(known, name, (arg,)) for arg in args) or (_decode(known, name, ()),)


def _decode(known: Known, name: str, args: Sequence[RawValue]) -> Event:
    try:
        return _parse(known, name, args)
    except ValueError as error:
        return NotUnderstood(name=name, problem=_problem(error))


def decode_strictly(known: Known, name: str, args: Sequence[RawValue]) -> Event:
    """Reads an update, whose sender waits and can be refused. Raises ApplicationError of type `Refused`."""
    try:
        return _parse(known, name, args)
    except ValueError as error:
        raise ApplicationError(f"cannot read this {name}: {_problem(error)}", type="Refused") from None


def update_result(before: Incident, after: Incident, view: PlanView) -> UpdateResult:
    """The answer to an update: what changed, in words, and what comes next that somebody waits for."""
    coming = [line for line in view.lines if line.state == "next" and line.kind not in LOOKS_AND_TIDIES]
    return UpdateResult(
        incident=after.id,
        private=after.private,
        mark=mark(after),
        now=view.now,
        zone=view.zone,
        changed=new_lines(before, after),
        next=tuple(coming[:5]),
    )


def new_lines(before: Incident, after: Incident) -> tuple[str, ...]:
    """Of the timeline."""
    seen = before.timeline_dropped + len(before.timeline)
    return tuple(entry.text for entry in after.timeline[max(0, seen - after.timeline_dropped) :])


def _parse(known: Known, name: str, args: Sequence[RawValue]) -> Event:
    if name not in known:
        raise ValueError(f"this workflow knows no {name[:100]!r}; it knows {', '.join(known)}")
    data = from_json(args[0].payload.data) if args and args[0].payload.data else None
    return known[name].model_validate({} if data is None else _MAPPING.validate_python(data))


def _problem(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'argument'}: {e['msg']}" for e in error.errors())[:300]
    return str(error)[:300]
