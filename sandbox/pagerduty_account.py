"""What a PagerDuty account has: priorities, abilities, users."""

from fastapi import APIRouter

from sandbox.pagerduty_json import Json, reference

PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
"""Most to least severe, as a new account has them."""
ABILITIES = ["coordinated_responding", "urgencies", "event_rules"]


def account_router() -> APIRouter:
    api = APIRouter(tags=["PagerDuty REST API"])

    async def priorities() -> Json:
        return {"priorities": [{**reference("priority", f"P{name}", name), "name": name} for name in PRIORITIES]}

    async def abilities() -> Json:
        return {"abilities": ABILITIES}

    async def users(query: str = "") -> Json:
        """Everybody is a user of the sandbox's: whoever is asked for is there."""
        found = [{"id": "UREQUESTER", "type": "user", "summary": query, "name": query, "email": query}]
        return {"users": found if query else [], "limit": 25, "offset": 0, "more": False, "total": None}

    api.add_api_route("/priorities", priorities, methods=["GET"])
    api.add_api_route("/abilities", abilities, methods=["GET"])
    api.add_api_route("/users", users, methods=["GET"])
    return api
