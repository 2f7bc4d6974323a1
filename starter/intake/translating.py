"""Reads a delivery whose sender has proved itself. It is never dropped for its form (rule of trust 19).

All that can be read is used. A delivery, or an alert in it, that cannot be read becomes an alert by itself, one for
each source, so that somebody looks at that sender before its next real alert is lost.
"""

from dataclasses import replace

import structlog

from starter.intake import ours
from starter.sources import prefix, text
from starter.sources.credentials import Mask, without_credentials
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

UNREADABLE_GROUP = "\0cannot be read"
"""The group of these alerts; no sender's own begins so."""

log = structlog.get_logger()


def translated(source: Source, webhook: Webhook, limit: int, redact: Mask | None = None) -> Reading:
    """Pure but for the log, like the source's own translator, and never raises. `limit`: of what is read, in bytes."""
    shortened = prefix.readable(webhook, limit) if len(webhook.body) > limit else webhook
    try:
        reading = _read(source, shortened, limit)
    except Unreadable as error:
        return unreadable(source, webhook, error)
    except (ValueError, LookupError, ArithmeticError, RecursionError) as error:  # a fault of ours costs no alert
        log.exception("a webhook could not be translated", source=source.name)
        return unreadable(source, webhook, Unreadable(f"a fault in Tocsin ({type(error).__name__})"))
    return without_credentials(ours.without(_with_what_is_lost(source, webhook, reading)), redact)


def unreadable(source: Source, webhook: Webhook, error: Unreadable) -> Reading:
    """Nothing of what was sent is repeated: it may be a secret."""
    why = text.line("; ".join((str(error), *map(str, error.problems[:3]))), text.LONGEST_TEXT)
    return Reading((_about(source, webhook, why),), problems=error.problems, unreadable=why, unread=1)


def _with_what_is_lost(source: Source, webhook: Webhook, reading: Reading) -> Reading:
    """The same, with an alert that tells of those that could not be read: what is known of them is only their number.

    Those that a sender's one group was cut by are told to the incident of that group (`truncated`).
    """
    cut = reading.truncated if len({alert.group for alert in reading.alerts}) != 1 else 0
    if not (reading.unusable or cut):
        return reading
    problems = [f"{len(reading.unusable)} of its alerts cannot be used"] if reading.unusable else []
    problems += [f"{cut} more of its alerts were not read"] if cut else []
    why = text.line("; ".join((", and ".join(problems), *map(str, reading.unusable[:3]))), text.LONGEST_TEXT)
    return replace(
        reading,
        alerts=(*reading.alerts, _about(source, webhook, why)),
        truncated=reading.truncated - cut,
        unread=len(reading.unusable) + cut,
    )


def _about(source: Source, webhook: Webhook, why: str) -> SentAlert:
    return SentAlert(
        group=f"{UNREADABLE_GROUP}\n{webhook.installation}",
        fingerprint=text.fingerprint({"cannot read": source.name}),
        name=f"cannot read what {source.name} sends",
        ends="never",  # what is read next may be something else
        summary=why,
        unreadable=True,
    )


def _read(source: Source, webhook: Webhook, limit: int) -> Reading:
    """Raises Unreadable. What ends in the middle is read as far as its alerts are whole."""
    try:
        reading = source.translate(webhook)
    except Unreadable as error:
        shortened = webhook if error.is_json or webhook.left_out else prefix.readable(webhook, limit)
        if shortened is webhook:
            raise
        webhook, reading = shortened, source.translate(shortened)
    return _counted(reading, webhook.left_out, limit)


def _counted(reading: Reading, left_out: int, limit: int) -> Reading:
    if not left_out:
        return reading
    problems = f"the body ends in the middle, or is larger than {limit} bytes (TOCSIN_MAX_BODY_BYTES)"
    problem = FieldProblem("", f"{problems}: {left_out} more of its alerts could not be read")
    return replace(reading, truncated=reading.truncated + left_out, problems=(problem, *reading.problems))
