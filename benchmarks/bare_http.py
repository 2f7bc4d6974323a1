"""The least that accepting over HTTP costs in Python: a server of the gateway's kind, which reads a body and says yes.

`python -m benchmarks.bare_http PORT`. No account of the alerts, no Temporal.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.bodies import ACCEPTED
from tocsin.up import ports
from tocsin.up.supervisor import listening


async def _accept(request: Request) -> JSONResponse:
    alerts = json.loads(await request.body())["alerts"]
    return JSONResponse({"accepted": len(alerts)}, ACCEPTED)


async def _until(answers: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await answers():
            return
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def bare_gateway() -> AsyncIterator[int]:
    """Its port."""
    port = ports.choose(0, ())
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare_http", str(port))
    try:
        async with asyncio.timeout(30):
            await _until(listening("127.0.0.1", port))
        yield port
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    app = Starlette(routes=[Route("/webhooks/alertmanager", _accept, methods=["POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False)
