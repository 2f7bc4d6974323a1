"""What must be fetched from Amazon SNS: certificates, which are kept, and the confirmation of a subscription."""

from collections.abc import Awaitable, Callable

import httpx
import structlog

from starter.sources.refusal import later

SNS_TIMEOUT_S = 3.0
CERTIFICATES_KEPT = 100
"""A region has one, for about a year. Whoever has proved nothing can name them all, and must not crowd ours out."""
LARGEST_CERTIFICATE = 20_000

Get = Callable[[str], Awaitable[bytes]]
"""What stands at an https address of AWS. Raises httpx.HTTPError."""

log = structlog.get_logger()


async def get(url: str) -> bytes:
    """Follows no redirect: it might lead out of AWS."""
    async with httpx.AsyncClient(timeout=SNS_TIMEOUT_S, follow_redirects=False) as client:
        answer = await client.get(url)
    answer.raise_for_status()
    return answer.content


class SnsCalls:
    """Belongs to one event loop."""

    def __init__(self, get: Get = get) -> None:
        self._get = get
        self._certificates: dict[str, bytes] = {}

    def kept(self, url: str) -> bytes:
        """Nothing: it has to be fetched."""
        return self._certificates.get(url, b"")

    async def certificate(self, url: str) -> bytes:
        """In PEM; nothing if AWS has none there. Raises Refusal (503) when AWS cannot be reached: SNS sends again."""
        if url in self._certificates:
            return self._certificates[url]
        found = (await self._ask(url, "Amazon's signing certificate could not be fetched"))[:LARGEST_CERTIFICATE]
        if found:
            while len(self._certificates) >= CERTIFICATES_KEPT:
                del self._certificates[next(iter(self._certificates))]
            self._certificates[url] = found
        return found

    async def confirm(self, url: str) -> None:
        """Raises Refusal (503): SNS asks again."""
        if not await self._ask(url, problem := "the subscription could not be confirmed"):
            raise later(problem)

    async def _ask(self, url: str, problem: str) -> bytes:
        try:
            return await self._get(url)
        except httpx.HTTPStatusError as error:
            log.error(problem, status=error.response.status_code)
            if error.response.is_client_error:
                return b""
            raise later(problem) from None
        except httpx.HTTPError as error:
            log.error(problem, error=type(error).__name__)
            raise later(problem) from None
