"""What a template may say: a property for each value, by its name in templates.

Each is computed when a text asks for it. One that is None is not known yet, and is a gap.
"""

from dataclasses import dataclass, replace
from types import NoneType
from typing import TypedDict, get_args, get_type_hints

from workflows.policy.duties.duties import known_duties
from workflows.policy.duties.follow_ups import named, owner_of
from workflows.policy.effects.effects import Email, Post, Publish
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.incident.kept_messages import CHECKLIST
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.runbook.terms import Duty
from workflows.texts import gaps, obligation_context, review_context
from workflows.texts.incident_values import IncidentValues
from workflows.texts.obligation_context import RunningClock
from workflows.texts.occasion import Occasion
from workflows.texts.review_context import Due


class ChecklistLine(TypedDict):
    """A line of a checklist."""

    text: str
    done: bool


@dataclass(frozen=True)
class Values(IncidentValues):
    """Those of the incident, and those of what is owed: drafts, duties, the review, follow-ups."""

    @property
    def draft(self) -> str | None:
        return gaps.shown(self._drafted) if self._drafts else None

    @property
    def to_fill_in(self) -> str:
        """The gaps of a draft; empty: it can go out as it is."""
        return gaps.named(gaps.found(self._drafted)) if self._drafts else ""

    @property
    def _drafted(self) -> str:
        """As those outside would see it: it must not quote itself."""
        duty = _duty(self)
        public = Publish(status="investigating", approved=True, template="")
        mail = Email(to=duty.to, public=True, approved=True, template="") if duty else None
        demand = self.demand.model_copy(update={"effect": mail or public})
        return self.render(replace(self, demand=demand), duty.template if duty else f"public_{self.incident.phase}")

    @property
    def draft_name(self) -> str | None:
        duty = _duty(self)
        return (duty.id.replace("-", " ") if duty else "the status page") if self._drafts else None

    @property
    def _drafts(self) -> bool:
        return isinstance(self.demand.effect, Post) and self.demand.effect.kind == "draft"

    @property
    def duty_title(self) -> str | None:
        duty = _duty(self)
        if duty is None and self.review:
            return review_context.title(self.book, self.review, self.demand)
        return duty.id.replace("-", " ") if duty else None

    @property
    def items(self) -> list[str] | None:
        duty = _duty(self)
        return list(duty.items) if duty else None

    @property
    def checks(self) -> list[ChecklistLine] | None:
        """The same, and what of it is done."""
        duty = _duty(self)
        if duty is None:
            return None
        done = self.incident.ticks.get(duty.id, ())
        return [{"text": text, "done": number in done} for number, text in enumerate(duty.items, start=1)]

    @property
    def owed(self) -> list[Due] | None:
        return review_context.due(self.book, self.review, self.demand, self.now) if self.review else None

    @property
    def manager(self) -> str | None:
        return review_context.manager(self.book, self.review, self.demand) if self.review else None

    @property
    def obligations(self) -> list[RunningClock] | None:
        return obligation_context.obligations(self.book, self.incident, self.demand, self.now)

    @property
    def notice(self) -> str | None:
        """What is to be told, of one that has a text."""
        meant = obligation_context.clocks_meant(self.book, self.incident, self.demand) or []
        text = meant[0].terms.template if len(meant) == 1 else ""
        return gaps.shown(self.render(self, text)) if text else None

    @property
    def follow_up(self) -> str | None:
        return self._follow_up.text if self._follow_up else None

    @property
    def follow_up_owner(self) -> str | None:
        return owner_of(self.book, self._follow_up) if self._follow_up else None

    @property
    def follow_up_due(self) -> str | None:
        return f"{self._follow_up.due_on}" if self._follow_up else None

    @property
    def follow_up_ended(self) -> str | None:
        return (self._follow_up.ending.text or None) if self._follow_up and self._follow_up.ending else None

    @property
    def _follow_up(self) -> FollowUp | None:
        return named(self.incident, duty_of(self.demand.duty).name)


OF_DUTIES = frozenset({DutyKind.DUTY, DutyKind.DUTY_DRAFT, DutyKind.CARD})


def _duty(occasion: Occasion) -> Duty | None:
    key = duty_of(occasion.demand.duty)
    meant = key.name.removeprefix(CHECKLIST) if key.kind in OF_DUTIES else str(key)
    return next((duty for duty in known_duties(occasion.book, occasion.incident) if duty.id == meant), None)


_NAMES = {
    name: get_type_hints(value.fget)["return"]
    for kind in reversed(Values.__mro__)
    for name, value in vars(kind).items()
    if isinstance(value, property) and not name.startswith("_")
}
SOMETIMES = tuple(name for name, kind in _NAMES.items() if NoneType in get_args(kind))
ALWAYS = tuple(name for name in _NAMES if name not in SOMETIMES)
