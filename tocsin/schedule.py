"""What `tocsin setup` and `tocsin up` see to besides the server: that the digest comes when the settings say."""

from datetime import time

from temporalio.client import Client
from temporalio.service import RPCError

from settings import Settings
from starter import digest_schedule
from tocsin.failure import Failure
from tocsin.library import library, named

NEVER = "never"


async def keep_digest(client: Client, settings: Settings) -> None:
    """Raises Failure, which must keep nothing else from starting: nobody is paged by a digest."""
    try:
        if settings.digest_at == NEVER:
            await digest_schedule.drop(client)
            return
        book = named(library(settings), settings.runbook)
        await digest_schedule.keep(client, book, time.fromisoformat(settings.digest_at), settings.digest_to)
    except (Failure, RPCError) as error:
        raise Failure(f"the digest could not be set up: {error}") from None
