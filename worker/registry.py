"""Every workflow that a worker carries out. What replays them takes them from here, too."""

from collections.abc import Mapping

from workflows.canary import CanaryWorkflow
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.coverage import CoverageWorkflow
from workflows.digest import DigestWorkflow
from workflows.heartbeat import HeartbeatWorkflow
from workflows.incident import IncidentWorkflow
from workflows.installation import InstallationWorkflow
from workflows.public_page import PublicPageWorkflow
from workflows.review import ReviewWorkflow
from workflows.shift import ShiftWorkflow
from workflows.silence import SilenceWorkflow

WORKFLOWS: Mapping[str, type] = {
    "incident": IncidentWorkflow,
    "cancelled-episodes": CancelledEpisodesWorkflow,
    "installation": InstallationWorkflow,
    "review": ReviewWorkflow,
    "digest": DigestWorkflow,
    "canary": CanaryWorkflow,
    "heartbeat": HeartbeatWorkflow,
    "silence": SilenceWorkflow,
    "shift": ShiftWorkflow,
    "coverage": CoverageWorkflow,
    "status-page": PublicPageWorkflow,
}
"""By their types, as Temporal knows them."""
