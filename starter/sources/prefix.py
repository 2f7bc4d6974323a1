"""What can be read of a delivery that is too long, or ends in the middle: the alerts that are there as a whole.

Only lists of alerts are cut. Of a single alert that is not whole nobody knows whether it says that it is over.
"""

import json
from dataclasses import replace

from pydantic import JsonValue

from starter.sources.json_text import DECODER, blank, clean, decoded, is_too_much
from starter.sources.reading import Webhook

ALERTS = "alerts"
"""Where the senders of many at once have them (Alertmanager, Grafana, generic), if the body is no list itself."""


class _Walk:
    """Through a text, value by value: nothing is read twice, whatever is sent."""

    def __init__(self, text: str, limit: int) -> None:
        self._text = text
        self._limit = limit
        self._at = blank(text, 0)
        self.left_out = 0
        self.kept = 0
        self.whole = True
        """Nothing is missing at its end."""

    def delivery(self) -> JsonValue:
        """As much of it as is whole. Raises ValueError if it is neither an object nor a list."""
        if self._next() == "[":
            return self._alerts()
        if self._next() != "{":
            raise ValueError("neither an object nor a list")
        return self._object()

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, length: int = 0) -> None:
        self._at = blank(self._text, self._at + length)

    def _value(self) -> JsonValue:
        value: JsonValue
        value, self._at = DECODER.raw_decode(self._text, self._at)
        self._skip()
        return value

    def _object(self) -> JsonValue:
        sent: dict[str, JsonValue] = {}
        self._skip(1)
        try:
            while self._next() == '"':
                name = str(self._value())
                self._skip(1)
                sent[name] = self._alerts() if name == ALERTS and self._next() == "[" else self._value()
                self._skip(1)
        except (ValueError, RecursionError):
            pass  # here it ends
        self.whole = self._next() == "}"
        return sent

    def _alerts(self) -> JsonValue:
        alerts: list[JsonValue] = []
        self._skip(1)
        while self._next() != "]":
            try:
                alert = self._value()
            except (ValueError, RecursionError):
                self.left_out += 1  # the one that is not whole; how many would have followed nobody knows
                break
            if self._at <= self._limit:
                alerts.append(alert)
            else:
                self.left_out += 1
            self._skip(1 if self._next() == "," else 0)
        self._skip(1)
        self.kept = len(alerts)
        return alerts


def readable(webhook: Webhook, limit: int) -> Webhook:
    """The same with the alerts that end within the limit, and the others counted. As it is where that is no help."""
    if is_too_much(webhook.body):
        return webhook
    walk = _Walk(decoded(webhook.body), limit)
    try:
        sent = walk.delivery()
    except ValueError:
        return webhook
    if not walk.kept:
        return webhook
    body = json.dumps(clean(sent)).encode()
    return replace(webhook, body=body, left_out=walk.left_out, whole=webhook.whole and walk.whole)
