"""What a watch says in the home channel of a runbook."""

from datetime import datetime
from typing import NamedTuple

from workflows.durable import sending
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Post, Send
from workflows.policy.keys import vendor_keys
from workflows.policy.keys.duty_keys import DutyKind, duty_key


class HomeChannel(NamedTuple):
    runbook: str
    channel: str
    zone: str


async def post_at_home(home: HomeChannel, what: str, subject: str, at: datetime, text: str) -> bool:
    """Was it said? Under a key of its moment: said again by a worker that died, it is found."""
    post = Post(to=Destination(channel=home.channel), template=what)
    duty = duty_key(DutyKind.OTHER, subject)
    demand = Demand(duty=duty, occurrence=int(at.timestamp()), due_at=at, reason=what, effect=post)
    send = Send(
        incident=subject,
        key=demand.key,
        vendor_key=vendor_keys.of_nobody(f"{home.runbook}/{demand.key}"),
        effect=post,
        subject=text.partition("\n")[0],
        text=text,
        severity="sev4",
        zone=home.zone,
        due_at=at,
        first_started_at=at,
    )
    return (await sending.perform(sending.Order(demand, send, what))).outcome == "done"
