"""Which runbooks a gateway goes by: those of the running installation, and its own files only when it cannot know them.

It looks every few seconds and keeps the last answer, so that no alert waits for it, nor is lost over it.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from starter.temporal.installations import Installations
from starter.temporal.results import Unpublished, Unreachable
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation, Publication, differences

PUBLISHED_LOOK_EVERY_S = 5.0
PUBLISHED_FIRST_LOOK_S = 2.0
"""So long a gateway that starts waits for the first answer."""

log = structlog.get_logger()


@dataclass
class Published:
    installations: Installations
    own: Installation
    """What this gateway has loaded itself."""
    known: Installation | None = None
    problem: str | None = None
    """Why the last look failed."""

    @property
    def in_force(self) -> Installation:
        """One whose default runbook is there: without it, no alert that names none could open anything."""
        return self.known if self.known and self.known.default in self.known.runbooks else self.own

    @property
    def remark(self) -> str | None:
        """For the answer to an alert that had to go by this gateway's own files."""
        return self.problem if self.known is None else None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(PUBLISHED_LOOK_EVERY_S)
            await self.look()

    async def first_look(self) -> None:
        try:
            await asyncio.wait_for(self.look(), PUBLISHED_FIRST_LOOK_S)
        except TimeoutError:
            self.problem = "Temporal did not answer in time"

    async def look(self) -> None:
        """A failure is remembered and shown, not raised."""
        before = self.in_force.publication
        try:
            self.known, self.problem = await self.installations.current(), None
        except (Unpublished, Unreachable) as error:
            self.problem = str(error)
        for each in differences(before, self.in_force.publication):
            log.warning("the running installation has changed", change=str(each), by=self.in_force.published_by)

    def runbook(self, name: str | None) -> tuple[Runbook | None, str]:
        """The runbook of that name, else the default one, and what has to be said about it. None: there is neither."""
        there = self.in_force
        said = f"{self.remark}: this gateway's own files were followed" if self.remark else ""
        if name in there.runbooks:
            return there.runbooks[name], said
        default = there.runbooks.get(there.default)
        if name and default is not None:
            here = (
                "; its file lies at this gateway only, and the worker has to load it"
                if name in self.own.runbooks
                else ""
            )
            said = f"there is no runbook {name!r}: {there.default!r} was followed{here}"
        return default, said

    def problems(self) -> Iterator[str]:
        """What people should know, who look how this gateway stands."""
        if self.problem and self.known is None:
            yield f"{self.problem}: this gateway goes by its own files"
        elif self.problem:
            yield f"{self.problem}: this gateway goes by what was published at {self.known_at}"
        if self.known and self.known is not self.in_force:
            yield f"the default runbook {self.known.default!r} is not published: this gateway goes by its own files"
        yield from self.differing()

    def differing(self) -> Iterator[str]:
        """Where this gateway's own files and settings say something else than what is published."""
        if self.known is None:
            return
        for each in differences(self.known.publication, self.own.publication):
            yield f"{each.what}: {each.before} is published and followed; this gateway itself has {each.after}"

    @property
    def known_at(self) -> str:
        return f"{self.known.published_at:%Y-%m-%d %H:%M} UTC" if self.known else ""

    @property
    def publication(self) -> Publication | None:
        return self.known.publication if self.known else None
