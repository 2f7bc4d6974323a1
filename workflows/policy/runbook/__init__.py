"""The runbook as data, its matchers, links and references."""
