"""What would happen: a runbook or an old incident, played through without a server."""
