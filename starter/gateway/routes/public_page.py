"""/status: Tocsin's own status page, for everybody: no token, no cookie, no script."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from starter.gateway.public_site import LOOKED_AT_EVERY, SITE_ROOT, PublicSite, TaggedFile
from starter.public_page.site import PAGE_POLICY

PUBLIC_HEADERS: Final = {
    "Content-Security-Policy": f"{PAGE_POLICY}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Access-Control-Allow-Origin": "*",  # a page of anybody's may show it, as with Statuspage: there is no secret in it
    "Cache-Control": "public, max-age=30",
}
UNKNOWN_YET: Final = "It cannot be said now how things stand. Please look again in a moment.\n"


def router(site: PublicSite | None) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    if site is None:
        return routes

    async def status(request: Request, path: str = "") -> Response:
        files = await site.files()
        if not files:
            wait = {"Retry-After": str(int(LOOKED_AT_EVERY.total_seconds())), "Cache-Control": "no-store"}
            return PlainTextResponse(UNKNOWN_YET, 503, PUBLIC_HEADERS | wait)
        found = files.get(path or "index.html")
        return _answer(request, found) if found else PlainTextResponse("not found\n", 404, PUBLIC_HEADERS)

    for path in (SITE_ROOT.rstrip("/"), SITE_ROOT, SITE_ROOT + "{path:path}"):
        routes.add_api_route(path, status, methods=["GET", "HEAD"])
    return routes


def _answer(request: Request, found: TaggedFile) -> Response:
    headers = PUBLIC_HEADERS | {"ETag": found.tag}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if found.tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(found.file.body, media_type=found.file.media_type, headers=headers)
