"""What has become of the first page of an incident, or of a call by hand, in a sentence for whoever has just asked."""

from collections.abc import Mapping, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from workflows.policy.incident.pager_alerts import ManualPage
from workflows.policy.incident.rules import rules
from workflows.policy.incident.settlements import Settlement, got_lost
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of
from workflows.policy.planning.conditions import is_emergency
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.views.results import Upcoming
from workflows.policy.wire.model import Instant, Wire

Fate = Literal["ringing", "held", "trying", "refused", "nobody"]
"""held: the runbook wants it later. trying: on its way, or not begun. refused: it was not delivered, and the next one
comes later. nobody: there is no next one either."""


class FirstPage(Wire):
    fate: Fate
    text: str

    @property
    def decided(self) -> bool:
        """Nothing more is to be learnt by waiting a few seconds."""
        return self.fate != "trying"

    @property
    def well(self) -> bool:
        """As the runbook has it: whoever declared need call nobody themselves."""
        return self.fate in ("ringing", "held")


def first_page(book: Runbook, incident: Incident, lines: Sequence[Upcoming]) -> FirstPage:
    """`lines`: the plan of the same moment."""
    settled = {duty: settled for duty, settled in incident.settled.items() if duty_of(duty).is_page}
    pages = [line for line in lines if line.kind == "page"]
    return _fate(book, incident, settled, pages) or _nobody(book, incident)


def page_of(call: ManualPage, book: Runbook, incident: Incident, lines: Sequence[Upcoming]) -> FirstPage:
    """What has become of the page of those who were called by hand."""
    duties = {duty_key(DutyKind.CALL, person) for person in call.people}
    mine = {d: s for d, s in incident.settled.items() if d in duties and s.occurrence >= call.number}
    pages = [line for line in lines if line.duty in duties]
    return _fate(book, incident, mine, pages) or FirstPage(fate="nobody", text="nobody is being paged")


def _fate(
    book: Runbook, incident: Incident, settled: Mapping[WrittenDuty, Settlement], pages: Sequence[Upcoming]
) -> FirstPage | None:
    rung, lost = _people(book, settled, lost=False), _people(book, settled, lost=True)
    if rung:
        return FirstPage(fate="ringing", text=f"{_and(rung)} {'is' if len(rung) == 1 else 'are'} ringing")
    problem = _problem(incident) if lost else ""
    if any(line.state != "next" for line in pages):
        now = next(line for line in pages if line.state != "next")
        return FirstPage(fate="trying", text=_joined(problem, f"still trying: {now.what}"))
    if lost:
        return _refused(book, problem, pages)
    return FirstPage(fate="held", text=_held(book, incident, min(pages, key=lambda line: line.at))) if pages else None


def _people(book: Runbook, settled: Mapping[WrittenDuty, Settlement], *, lost: bool) -> list[str]:
    people = [
        book.person_name(duty_of(duty).person)
        for duty, last in settled.items()
        if got_lost(last) == lost and (lost or last.outcome == "done")
    ]
    return list(dict.fromkeys(people))


def _problem(incident: Incident) -> str:
    """In the vendor's words, as the timeline has them; what is the same for several people once."""
    said = [entry.text for entry in incident.timeline if entry.kind == "page" and entry.loud]
    causes: dict[str, list[str]] = {}
    for text in dict.fromkeys(said[-3:]):
        whose, _, cause = text.partition(": ")
        causes.setdefault(cause, []).append(whose)
    return "; ".join(": ".join(filter(None, (", ".join(whose), cause))) for cause, whose in causes.items())


def _refused(book: Runbook, problem: str, pages: Sequence[Upcoming]) -> FirstPage:
    if not pages:
        return FirstPage(fate="nobody", text=_joined("nobody was reached", problem))
    following = min(pages, key=lambda line: line.at)
    text = f"refused: {problem}; next: {following.what} at {_moment(book, following.at)}"
    return FirstPage(fate="refused", text=text)


def _held(book: Runbook, incident: Incident, line: Upcoming) -> str:
    hold, at = rules(book, incident).hold, _moment(book, line.at)
    if hold == "never" or is_emergency(book, incident):
        return f"nobody is paged before {at}: {line.what}, because {line.reason}"
    return f"held until {at} ({hold.replace('-', ' ')}): {line.what}"


def _nobody(book: Runbook, incident: Incident) -> FirstPage:
    name = severity_title(incident.severity)
    return FirstPage(fate="nobody", text=f"{name} pages nobody: no tier of {book.runbook} calls anybody now")


def _moment(book: Runbook, at: Instant) -> str:
    zone = book.calendar.zone
    local = "" if zone == "UTC" else f" ({at.astimezone(ZoneInfo(zone)):%H:%M} in {zone})"
    return f"{at:%Y-%m-%d %H:%M} UTC{local}"


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
