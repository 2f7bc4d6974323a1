"""Which addresses are links to whoever checks them: https://www.rfc-editor.org/rfc/rfc3986

Vendors refuse a whole message for one address that their validator does not like, and validators differ: what counts is
what all of them take.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

LONGEST_LINK = 2000
"""Characters: more than any browser's address bar was ever tested with."""
_LINK_HOST = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|\[(?P<v6>[0-9A-Fa-f:.]+)\])"
_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_CHECKED_LINK = re.compile(
    rf"https?://{_LINK_HOST}(?::(?P<port>[0-9]{{1,5}}))?"
    rf"(?:/{_CHARACTER}*)?(?:\?(?:{_CHARACTER}|\?)*)?(?:\#(?:{_CHARACTER}|\?)*)?"
)


def is_link(url: str) -> bool:
    found = _CHECKED_LINK.fullmatch(url) if len(url) <= LONGEST_LINK else None
    if found is None or int(found["port"] or 80) not in range(1, 65536):
        return False
    return _is_v6(found["v6"]) if found["v6"] else _is_host(found["host"])


def _is_host(host: str) -> bool:
    if re.fullmatch(r"[0-9.]+", host):
        return _is_v4(host)
    labels = host.split(".")
    return all(label and len(label) <= 63 and not label.startswith("-") and not label.endswith("-") for label in labels)


def _is_v4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def _is_v6(host: str) -> bool:
    try:
        IPv6Address(host)
    except AddressValueError:
        return False
    return True
