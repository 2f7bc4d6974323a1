"""What a message says beside its text, as that depends on when and where it gets through."""

from datetime import UTC, datetime, timedelta

from workflows.policy.effects.card import HIDDEN
from workflows.policy.effects.effects import Card, Effect, Post, Send
from workflows.policy.time.calendar import clock


def is_among_others(effect: Effect) -> bool:
    """Not in the incident's own thread or channel, where only what is pinned has to say it."""
    if isinstance(effect, Card | Post) and effect.template == HIDDEN:
        return False
    if isinstance(effect, Card):
        return effect.pin
    if not isinstance(effect, Post):
        return True
    return effect.to.thread is None and (effect.pin or effect.to.channel.startswith("#"))


def saying_how_late(send: Send) -> Send:
    """Said at the attempt that gets through, because the text was written at the first one."""
    late = datetime.now(UTC) - (send.due_at or datetime.now(UTC))
    if late < timedelta(minutes=1):
        return send
    return send.model_copy(update={"text": f"This page comes {late // timedelta(minutes=1)} min late.\n{send.text}"})


def saying_when(send: Send) -> Send:
    """What a message tells may be long ago by the time it gets through: then it says when that was."""
    now = datetime.now(UTC)
    due_at = send.due_at or now
    if now - due_at < timedelta(minutes=2):
        return send
    ago = (now - due_at) // timedelta(minutes=1)
    return send.model_copy(update={"text": f"At {clock(send.zone, due_at, now)} ({ago} min ago):\n{send.text}"})
