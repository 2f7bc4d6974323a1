"""The runbooks and settings that a process has loaded, in the form in which it would publish them."""

import os
import socket
from datetime import UTC, datetime
from importlib import metadata

from settings import Settings
from starter.runbooks.default import default_runbook
from starter.runbooks.library import Library
from workflows.policy.watches.installation import Installation


def loaded(library: Library, settings: Settings) -> Installation:
    """What this process would publish."""
    return Installation(
        runbooks=library.runbooks,
        default=default_runbook(library, settings),
        speed=settings.speed,
        no_pager=settings.no_pager,
        version=metadata.version("tocsin"),
        published_by=f"{os.getpid()}@{socket.gethostname()}",
        published_at=datetime.now(UTC),
    )
