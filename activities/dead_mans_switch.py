"""The dead man's switch: an address that is called while all is well. Its silence is somebody else's alarm."""

import httpx

from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused


class DeadMansSwitch:
    def __init__(self, url: str) -> None:
        self._url = url
        """A secret: whoever knows it can keep the alarm silent."""
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once

    async def call(self) -> None:
        """Raises Unavailable or Rejected; the address appears in neither."""
        async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            response = await reached("the dead man's switch", http.get(self._url))
        if not response.is_success:
            message = f"the dead man's switch answered {response.status_code}: check TOCSIN_DEAD_MANS_SWITCH_URL"
            raise refused(response, message)
