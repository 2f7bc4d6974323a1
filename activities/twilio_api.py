"""Twilio's REST API: one request, sent exactly once. https://www.twilio.com/docs/usage/api"""

from collections.abc import Collection, Mapping

import httpx

from activities.errors import Rejected
from activities.plain_text import login, quote
from activities.vendor_answer import VendorAnswer, readable
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused


class _TwilioWords(VendorAnswer):
    message: str = ""
    code: int | None = None


class TwilioApi:
    """Of one account. Every call raises Unavailable or Rejected."""

    def __init__(self, account: str, token: str, url: str, numbers: Collection[str]) -> None:
        """`numbers`: they are in nothing that is said of a failure."""
        self._login = (account, token)
        self._url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}"
        self._secrets = [*numbers, *login(account, token)]
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once

    async def post(self, resource: str, form: Mapping[str, str], route: str) -> bytes:
        return await self._ask("POST", resource, route, form, None)

    async def list(self, resource: str, query: Mapping[str, str]) -> bytes:
        return await self._ask("GET", resource, None, None, query)

    async def show(self, resource: str, sid: str) -> bytes:
        """One of them. Raises Rejected for an id that nobody has told us."""
        if not sid:
            raise Rejected("it is not known which one it is at Twilio")
        return await self._ask("GET", f"{resource}/{sid}", None, None, None)

    async def _ask(
        self,
        method: str,
        resource: str,
        route: str | None,
        form: Mapping[str, str] | None,
        query: Mapping[str, str] | None,
    ) -> bytes:
        async with httpx.AsyncClient(auth=self._login, timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            url = f"{self._url}/{resource}.json"
            answer = await reached("Twilio", http.request(method, url, data=form, params=query))
        if answer.is_success:
            return answer.content
        said = quote(_complaint(answer.content), self._secrets)
        message = f"Twilio answered {answer.status_code}" + (f": {said}" if said else "")
        raise refused(answer, message, route, "TOCSIN_TWILIO_ACCOUNT and TOCSIN_TWILIO_AUTH_TOKENS")


def _complaint(body: bytes) -> str:
    words = readable(_TwilioWords, body) or _TwilioWords()
    return f"{words.message} ({words.code})" if words.code else words.message
