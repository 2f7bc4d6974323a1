"""What nobody has to read is masked before anything of an alert is stored: credentials in addresses, such as
`https://***@db.example/?token=***`, and what the settings redact."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from starter.sources.reading import Reading, SentAlert

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
    """What tells alerts apart (group, fingerprint) stays as it is: it is hashed, and read by nobody."""

    @cache  # alerts of one delivery share most of their texts
    def both(text: str) -> str:
        return redact(masked(text)) if redact and text else masked(text)

    def shown(sent: SentAlert) -> SentAlert:
        return _alert(sent, both) if redact or _may_hold_some(sent) else sent  # most do not

    return replace(reading, alerts=tuple(map(shown, reading.alerts)))


def masked(text: str) -> str:
    """Without credentials."""
    if "://" in text and "@" in text:
        text = _USER.sub(MASK, text)
    return _PARAMETER.sub(rf"\1{MASK}", text) if "=" in text else text


def _alert(sent: SentAlert, mask: Mask) -> SentAlert:
    return replace(
        sent,
        name=mask(sent.name),
        summary=mask(sent.summary),
        service=mask(sent.service),
        labels={mask(name): mask(value) for name, value in sent.labels.items()},
        link=mask(sent.link),
        links=tuple((mask(label), mask(url)) for label, url in sent.links),
        shown_group=mask(sent.group),
    )


def _may_hold_some(sent: SentAlert) -> bool:
    links = (url for _, url in sent.links)
    texts = (sent.name, sent.summary, sent.service, sent.link, sent.group, *sent.labels.values(), *links)
    return any("=" in text or "@" in text for text in texts)
