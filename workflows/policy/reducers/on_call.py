"""What was found out about who holds a post."""

from workflows.policy.effects.effects import AskOnCall
from workflows.policy.incident.announce import log
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.post_holder import PostHolder
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook


def found_out(book: Runbook, incident: Incident, event: EffectSettled, asked: AskOnCall) -> Incident:
    """Said on the timeline when it is news. What cannot be found out leaves the last that is known."""
    before, found = incident.on_call.get(asked.to, PostHolder()), event.receipt.on_call
    post = book.person_name(asked.to)
    if event.outcome != "done" or found is None:
        problem = event.problem or event.receipt.note or "there was no answer"
        known = before.model_copy(update={"problem": problem})
        after = incident.model_copy(update={"on_call": {**incident.on_call, asked.to: known}})
        text = f"who is {post} could not be found out: {problem}"
        return after if problem == before.problem else log(after, event.at, text, kind="on-call", loud=True)
    problem = (event.receipt.note or "") if event.receipt.warns else ""
    known_at = event.receipt.on_call_as_of or event.at
    known = PostHolder(who=found.who, until=found.ends_at, known_at=known_at, problem=problem)
    after = incident.model_copy(update={"on_call": {**incident.on_call, asked.to: known}})
    if known.who == before.who and before.known_at is not None:
        return after
    text = f"{post} is {known.in_words(book, event.at)}" + (f"; {problem}" if problem else "")
    return log(after, event.at, text, kind="on-call", loud=not known.who)
