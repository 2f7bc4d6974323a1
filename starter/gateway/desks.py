"""The desk as each caller has it: what they may not see is not there."""

from dataclasses import dataclass

from starter.desk.answers import Declaration
from starter.desk.desk import Desk
from starter.desk.permissions import Permissions, lets_out
from starter.desk.temporal_desk import TemporalDesk
from starter.desk.watch_answers import SilenceRequest
from starter.gateway.access import Actor
from starter.sources.refusal import Refusal
from starter.temporal.incidents import Incidents
from workflows.policy.incident.events import Event


@dataclass(frozen=True)
class Desks:
    incidents: Incidents
    permissions: Permissions

    def known_to(self, actor: Actor) -> Incidents:
        sees_all = self.permissions.may_see_private(actor.name, actor.scope)
        return self.incidents if sees_all else self.incidents.without_private()

    def of(self, actor: Actor) -> Desk:
        return TemporalDesk(self.known_to(actor))

    def check_may_say(self, actor: Actor, said: Event | Declaration | SilenceRequest) -> None:
        """Words for the public come only from those who may let them out. Raises Refusal."""
        if lets_out(said) and not self.permissions.may_let_out(actor.name, actor.scope):
            raise Refusal(403, f"{actor.name} may not let words go out to the public: TOCSIN_PUBLIC_BY says who may")
