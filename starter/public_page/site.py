"""The files that the page consists of. They need no script, load nothing from elsewhere, and are the same in a folder,
in a bucket and at the gateway."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Final

from jinja2 import Environment

from settings import Settings
from starter.markup.templates import template_environment
from starter.public_page.feed import feed
from starter.public_page.standing import PageIdentity, PublicStanding
from starter.public_page.summary import summary
from workflows.policy.watches.public_page import PageRecord

HTML: Final = "text/html; charset=utf-8"
PAGE_POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
DAYS_SHOWN: Final = 14
DAYS_KEPT: Final = 91
_STYLESHEET: Final = files("starter.public_page").joinpath("assets", "status.css").read_bytes()


@dataclass(frozen=True)
class PageFile:
    body: bytes
    media_type: str


def site(standing: PublicStanding, whose: PageIdentity, root: str = "") -> Mapping[str, PageFile]:
    """By their paths. `root` is put before the addresses of the page's own files. The page itself comes last: what it
    leads to is there already."""
    values = {"page": standing, "identity": whose, "root": root, "policy": PAGE_POLICY}
    recent, all_days = standing.history(DAYS_SHOWN), standing.history(DAYS_KEPT)
    some = [day for day in all_days if day.incidents or day.maintenances]
    return {
        "status.css": PageFile(_STYLESHEET, "text/css; charset=utf-8"),
        "api/v2/summary.json": PageFile(summary(standing, whose), "application/json"),
        "feed.atom": PageFile(feed(standing, whose), "application/atom+xml; charset=utf-8"),
        "history.html": PageFile(_rendered("history.html", days=some, **values), HTML),
        "index.html": PageFile(_rendered("index.html", days=recent, **values), HTML),
    }


def identity(settings: Settings) -> PageIdentity:
    return PageIdentity(settings.public_page_name, settings.public_page_url or "")


def drawing(whose: PageIdentity) -> Callable[[PageRecord, tuple[str, ...], datetime], Mapping[str, PageFile]]:
    return lambda record, services, now: site(PublicStanding(record, services, now), whose)


def _rendered(template: str, **values: object) -> bytes:
    return _SITE_TEMPLATES.get_template(template).render(values).encode()


def _moment(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC"


def _environment() -> Environment:
    made = template_environment("starter.public_page")
    made.filters |= {
        "moment": _moment,
        "words": lambda status: status.replace("_", " "),
        "iso": lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return made


_SITE_TEMPLATES: Final = _environment()
