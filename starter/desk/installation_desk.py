"""What can be done and asked of the installation as a whole, whichever way it goes: see `Desk`."""

from typing import Protocol

from starter.desk.answers import PageTestAnswer
from starter.desk.on_call_answers import OverrideRequest, PostOnCall
from starter.desk.watch_answers import HeartbeatRequest, ListedHeartbeat, ListedSilence, SilenceRequest
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused
from workflows.policy.watches.installation import Publication
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary


class InstallationDesk(Protocol):
    """Every method may raise Unreachable; those that take a name, LookupFailed; those that do something,
    RefusedByIncident and Recorded; those that go by a runbook, Unpublished."""

    async def publication(self) -> Publication: ...

    async def silences(self) -> list[ListedSilence]: ...

    async def silence(self, said: SilenceRequest, by: str, event_id: str = "") -> SilenceSummary:
        """The same event id adds it once. Raises ValidationError, BeginsTooLate."""
        ...

    async def extend(self, silence: str, event: Extended) -> SilenceSummary: ...

    async def expire(self, silence: str, event: Expired) -> None: ...

    async def heartbeats(self) -> list[ListedHeartbeat]: ...

    async def expect(self, name: str, said: HeartbeatRequest) -> ListedHeartbeat:
        """Raises ValidationError."""
        ...

    async def pause(self, name: str, event: Paused) -> ListedHeartbeat: ...

    async def resume(self, name: str, event: Unpaused) -> ListedHeartbeat: ...

    async def remove(self, name: str, event: Removed) -> None: ...

    async def on_call(self, runbook: str, days: int) -> list[PostOnCall]:
        """Of one runbook, or of all that are loaded."""
        ...

    async def override(self, post: str, said: OverrideRequest, by: str, event_id: str = "") -> PostOnCall: ...

    async def page_test(self, person: str, by: str) -> PageTestAnswer: ...
