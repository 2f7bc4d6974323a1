"""Which service a routing key leads to, as far as our token sees it.

A token sees what its user sees: not the services of other teams that are private. And a key may be an event
orchestration's, which no service has: https://developer.pagerduty.com/api-reference, List services
"""

from activities.pagerduty_incidents import PagerDutyRest
from activities.pagerduty_json import PagerDutyAnswer
from activities.vendor_answer import Entries

SERVICES_AT_A_TIME = 100


class ServiceIntegration(PagerDutyAnswer):
    integration_key: str = ""


class KeyedService(PagerDutyAnswer):
    id: str
    name: str = ""
    status: str = ""
    integrations: Entries[ServiceIntegration] = ()

    @property
    def is_off(self) -> bool:
        """It takes events, and opens no incident of them."""
        return self.status == "disabled"


class KeyedServices(PagerDutyAnswer):
    services: Entries[KeyedService]
    more: bool = False


async def service_of(api: PagerDutyRest, routing_key: str) -> KeyedService | None:
    """None: the token sees none that has this key. Raises Unavailable or Rejected."""
    offset, more = 0, bool(routing_key)
    while more:
        query = {"include": ["integrations"], "limit": SERVICES_AT_A_TIME, "offset": offset}
        found = await api.get("/services", KeyedServices, query)
        for service in found.services:
            if any(each.integration_key == routing_key for each in service.integrations):
                return service
        offset, more = offset + SERVICES_AT_A_TIME, found.more
    return None
