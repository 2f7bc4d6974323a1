"""Tocsin's own status page at the gateway: made once for all who look, and kept for when Temporal is away."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from starter.gateway.published import Published
from starter.public_page.site import PageFile, site
from starter.public_page.standing import PageIdentity, PublicStanding, public_services
from starter.temporal.public_pages import PublicPages
from starter.temporal.results import Unreachable

SITE_ROOT: Final = "/status/"
LOOKED_AT_EVERY: Final = timedelta(seconds=10)

log = structlog.get_logger()


@dataclass(frozen=True)
class TaggedFile:
    file: PageFile
    tag: str
    """As HTTP's ETag is written."""


@dataclass
class PublicSite:
    pages: PublicPages
    published: Published
    identity: PageIdentity
    _files: Mapping[str, TaggedFile] = field(default_factory=dict)
    _looked_at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def files(self) -> Mapping[str, TaggedFile]:
        """Nothing if it is not known yet how things stand. While Temporal is away, what was known last: the page says
        of when it is."""
        if self._is_old():
            async with self._turn:
                if self._is_old():
                    await self._look()
        return self._files

    def _is_old(self) -> bool:
        return self._looked_at is None or datetime.now(UTC) - self._looked_at >= LOOKED_AT_EVERY

    async def _look(self) -> None:
        try:
            record = await self.pages.known()
        except Unreachable as error:
            log.warning("the status page is shown as it was", problem=str(error))
        else:
            services = public_services(self.published.in_force.runbooks.values())
            standing = PublicStanding(record, services, datetime.now(UTC))
            made = await asyncio.to_thread(site, standing, self.identity, SITE_ROOT)
            self._files = dict(_tagged(made))
        self._looked_at = datetime.now(UTC)


def _tagged(files: Mapping[str, PageFile]) -> Iterator[tuple[str, TaggedFile]]:
    for path, file in files.items():
        yield path, TaggedFile(file, f'"{hashlib.sha256(file.body).hexdigest()[:20]}"')
