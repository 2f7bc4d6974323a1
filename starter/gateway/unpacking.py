"""Compressed bodies, which are never unpacked to more than is read anyway."""

import zlib

_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""Of zlib. What is called deflate comes with zlib's header and without it: RFC 9110, section 8.4.1.2."""


def unpacked(body: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    """So many bytes of it, and whether these are all. As it is, if it is not what its header says."""
    encoding = "gzip" if body[:2] == b"\x1f\x8b" else encoding.strip().lower()
    if body.lstrip()[:1] in (b"{", b"["):
        return body, len(body) <= most
    for window in _WINDOWS.get(encoding, ()):
        try:
            found = zlib.decompressobj(window).decompress(body, most + 1)
        except zlib.error:
            continue
        return found, len(found) <= most
    return body, len(body) <= most
