"""Temporal's worker versioning, for whoever deploys by it: which build this worker is (docs/deploys.md)."""

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

BEHAVIOR = VersioningBehavior.AUTO_UPGRADE
"""Of every workflow: none waits for workers of an old build, which somebody may have ended."""


def deployment(named: str | None) -> WorkerDeploymentConfig | None:
    """None: this worker takes whatever there is, as it does without worker versioning."""
    if named is None:
        return None
    version = WorkerDeploymentVersion.from_canonical_string(named)
    return WorkerDeploymentConfig(version=version, use_worker_versioning=True, default_versioning_behavior=BEHAVIOR)
