"""Texts that are withheld because somebody has yet to fill a gap: they wait for that person's words.

A text for people outside that has a gap is not sent, whoever let it out: the runbook, a deadline or an approval. It
becomes a draft that only words can end; whoever owes it is told, and no deadline sends it after all.
"""

from workflows.policy.effects.effects import Email, Publish
from workflows.policy.incident.announce import announce
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.public import Draft
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import duty_of
from workflows.policy.planning.wording import duty_name
from workflows.policy.runbook.model import Runbook

EDIT = "Edit its draft: it needs the whole text"


def withhold(book: Runbook, incident: Incident, event: EffectSettled, effect: Publish | Email) -> Incident:
    if isinstance(effect, Email):
        return _mail(incident, event, effect)
    page = rules(book, incident).status_page
    if effect.corrects:
        public = incident.public.model_copy(update={"correction": None})
        how = "Correct it in other words"
    elif effect.words is not None and incident.public.words is not None:
        public = incident.public.model_copy(update={"words": None})
        how = "Post the update again, with the whole text for people outside"
    else:
        news = {"drafted": effect.status, "drafted_at": None, "withheld": effect.status}
        public = incident.public.model_copy(update={**news, "counts_from": event.at, "approval": None})
        how = EDIT
    after = incident.model_copy(update={"public": public})
    return _announce_withheld(after, event, f"the status page ({effect.status})", how, page.owner if page else None)


def _mail(incident: Incident, event: EffectSettled, mail: Email) -> Incident:
    name = duty_of(event.demand.duty).name
    before = incident.drafts.get(name) or Draft(at=event.at)
    kept = before.model_copy(update={"approval": None, "withheld": True})
    after = incident.model_copy(update={"drafts": {**incident.drafts, name: kept}})
    return _announce_withheld(after, event, f"the e-mail {duty_name(event.demand.duty)}", EDIT, mail.role)


def _announce_withheld(incident: Incident, event: EffectSettled, what: str, how: str, role: str | None) -> Incident:
    text = f"{what} did not go out: {event.problem}. {how}"
    return announce(incident, event.at, text, template="by_hand", role=role, loud=True)
