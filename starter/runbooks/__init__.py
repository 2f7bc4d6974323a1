"""From YAML to a runbook, and what is wrong with it."""
