"""`runbook schema`: the JSON Schema of a runbook, by which editors complete and check."""

import json

from tocsin.output import out
from workflows.policy.runbook import Runbook


def schema() -> None:
    """Print the JSON Schema of runbooks, for editors and other programs."""
    out.print(json.dumps(Runbook.model_json_schema(), indent=2), markup=False, highlight=False, soft_wrap=True)
