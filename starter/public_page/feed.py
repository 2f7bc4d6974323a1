"""`feed.atom`: each incident and each maintenance is an entry, with all that was said of it. RFC 4287."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from starter.markup.printing import printed
from starter.public_page.standing import PageIdentity, PublicStanding
from workflows.policy.watches.public_page import PageEntry, PageIncident, PageMaintenance

ATOM: Final = "http://www.w3.org/2005/Atom"
MOST_ENTRIES: Final = 50


def feed(standing: PublicStanding, identity: PageIdentity) -> bytes:
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(root, "id", _urn(identity, ""))
    _text(root, "title", identity.name)
    _text(root, "updated", _time(standing.updated_at))
    _text(SubElement(root, "author"), "name", identity.name)
    if identity.base:
        SubElement(root, "link", {"rel": "self", "href": f"{identity.base}feed.atom", "type": "application/atom+xml"})
        SubElement(root, "link", {"rel": "alternate", "href": identity.base, "type": "text/html"})
    entries = sorted(_entries(standing, identity), key=lambda entry: entry.findtext("updated", ""), reverse=True)
    root.extend(entries[:MOST_ENTRIES])
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entries(standing: PublicStanding, identity: PageIdentity) -> Iterator[Element]:
    for incident in standing.record.incidents:
        yield _entry(identity, incident.id, incident.name, incident.begun_at, incident.updated_at, _said(incident))
    for each in standing.record.maintenances:
        happened = [at for at in (each.announced_at, each.starts_at, each.ends_at) if at <= standing.now]
        updated = max(happened, default=each.announced_at)
        text = _planned(each, standing.now)
        yield _entry(identity, each.id, f"Maintenance: {each.name}", each.announced_at, updated, text)


def _entry(identity: PageIdentity, name: str, title: str, published: datetime, updated: datetime, text: str) -> Element:
    entry = Element("entry")
    _text(entry, "id", _urn(identity, name))
    _text(entry, "title", title)
    _text(entry, "published", _time(published))
    _text(entry, "updated", _time(updated))
    if identity.base:
        SubElement(entry, "link", {"rel": "alternate", "href": f"{identity.base}#{name}", "type": "text/html"})
    _text(entry, "content", text)
    return entry


def _said(incident: PageIncident) -> str:
    """The newest first, as on the page."""
    return "\n\n".join(
        f"{each.status.capitalize()}, {each.at:%Y-%m-%d %H:%M} UTC{_corrected(each)}\n{each.text}"
        for each in incident.updates
    )


def _corrected(update: PageEntry) -> str:
    return f", corrected at {update.corrected_at:%Y-%m-%d %H:%M} UTC" if update.corrected_at else ""


def _planned(each: PageMaintenance, now: datetime) -> str:
    status = each.status(now).replace("_", " ").capitalize()
    of = f"\n{', '.join(each.components)}" if each.components else ""
    return f"{status}: from {each.starts_at:%Y-%m-%d %H:%M} to {each.ends_at:%Y-%m-%d %H:%M} UTC{of}"


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = printed(text)


def _urn(identity: PageIdentity, name: str) -> str:
    """Stays the same for as long as the page does."""
    return uuid5(NAMESPACE_URL, f"tocsin status page {identity.url or identity.name} {name}").urn


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"
