"""Answers that show people: a state keeps the keys by which they act, and whoever shows it has no runbook."""

from collections.abc import Iterator

from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.model import Wire


class NamingPeople(Wire):
    names: dict[str, str] = {}
    """How people read those whom the state knows by something else."""

    def name(self, written: str) -> str:
        return self.names.get(written, written)

    def follow_up(self, kept: FollowUp) -> FollowUp:
        """As people read it."""
        ending = kept.ending and kept.ending.model_copy(update={"by": self.name(kept.ending.by)})
        people = {"owner": self.name(kept.owner), "added_by": self.name(kept.added_by)}
        return kept.model_copy(update={**people, "ending": ending})


def names_in(book: Runbook, incident: Incident, *others: str) -> dict[str, str]:
    """Of everybody in the runbook, by whatever they are called in the incident."""
    read = {written: as_people_read(book, written) for written in (*book.people, *_written(incident), *others)}
    return {written: name for written, name in read.items() if written != name}


def _written(incident: Incident) -> Iterator[str]:
    yield from (incident.declared_by, incident.acknowledged_by, incident.resolved_by, *incident.roles.values())
    for each in incident.follow_ups:
        yield from (each.owner, each.added_by, *((each.ending.by,) if each.ending else ()))
    approvals = (incident.public.approval, *(draft.approval for draft in incident.drafts.values()))
    yield from (each.by for each in approvals if each is not None)
