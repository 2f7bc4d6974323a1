"""The sandbox's page leads to the board of whoever calls its vendors."""

import httpx

from sandbox.app import create_app


async def page(board_url: str) -> str:
    transport = httpx.ASGITransport(create_app(board_url=board_url))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        return (await http.get("/")).text


async def test_it_links_to_the_board_where_it_knows_one() -> None:
    assert '<a class="faint" href="http://127.0.0.1:8080">The board</a>' in await page("http://127.0.0.1:8080")
    assert "The board" not in await page("")
