"""What nobody has to read is masked before anything of an alert is stored: credentials in addresses, such as
`https://***@db.example/?token=***`, and what the settings redact."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Final

from starter.sources.reading import Reading, SentAlert
from starter.sources.text import fingerprint

Mask = Callable[[str], str]

MASK: Final = "***"
_USER = re.compile(r"""(?<=://)[^\s/?#"'<>]+(?=@)""")
"""As far as the last @ before the path: a password may hold one."""
_PARAMETER = re.compile(
    r"""([?&;#][\w.-]{0,40}(?:token|secret|passw(?:or)?d|pwd|api[-_]?key|access[-_]?key|signature|sig|auth)=)"""
    r"""[^\s&;#"'<>]+""",
    re.IGNORECASE,
)


def without_credentials(reading: Reading, redact: Mask | None = None) -> Reading:
    """What tells alerts apart stays what it is: a group is hashed, and so is a fingerprint in which there is something
    that the settings redact."""

    known: dict[str, str] = {}

    def mask(text: str) -> str:  # alerts of one delivery share most of their texts
        if text not in known:
            known[text] = redact(masked(text)) if redact and text else masked(text)
        return known[text]

    def changes(text: str) -> bool:
        return mask(text) != text

    def shown(sent: SentAlert) -> SentAlert:
        texts = _texts(sent) if redact else _may_hold_some(sent)
        if redact and redact(sent.fingerprint) != sent.fingerprint:
            sent = replace(sent, fingerprint=fingerprint({"redacted": sent.fingerprint}))
        return _alert(sent, mask) if any(map(changes, texts)) else sent  # most hold none

    alerts = tuple(map(shown, reading.alerts))
    return reading if alerts == reading.alerts else replace(reading, alerts=alerts)


def masked(text: str) -> str:
    """Without credentials."""
    if "://" in text and "@" in text:
        text = _USER.sub(MASK, text)
    return _PARAMETER.sub(rf"\1{MASK}", text) if "=" in text else text


def _alert(sent: SentAlert, mask: Mask) -> SentAlert:
    group = mask(sent.group)
    return replace(
        sent,
        name=mask(sent.name),
        summary=mask(sent.summary),
        service=mask(sent.service),
        labels={mask(name): mask(value) for name, value in sent.labels.items()},
        link=mask(sent.link),
        links=tuple((mask(label), mask(url)) for label, url in sent.links),
        shown_group=None if group == sent.group else group,
    )


def _texts(sent: SentAlert) -> tuple[str, ...]:
    return (*_own_texts(sent), *_label_texts(sent))


def _own_texts(sent: SentAlert) -> tuple[str, ...]:
    return (sent.name, sent.summary, sent.service, sent.link, sent.group, *chain.from_iterable(sent.links))


def _label_texts(sent: SentAlert) -> tuple[str, ...]:
    return (*sent.labels, *sent.labels.values())


def _may_hold_some(sent: SentAlert) -> list[str]:
    """Texts that are to be looked at. Labels are many, and one look at all of them is nearly always enough."""
    labels = _label_texts(sent)
    together = "\n".join(labels)
    texts = (*_own_texts(sent), *labels) if "=" in together or "@" in together else _own_texts(sent)
    return [text for text in texts if "=" in text or "@" in text]
