"""A small procedure for the gateway's tests."""

ACME = """\
runbook: acme
title: Acme's procedure
home: "#incidents"
people:
  on-call: {name: On-call Engineer}
  boss: {name: The Boss}
roles:
  commander: {name: Incident Commander, falls_to: on-call}
intake:
  severities: {critical: sev1, warning: sev3}
severities:
  sev1:
    title: Outage
    definition: nothing works
    escalation:
      - {page: [on-call]}
      - {page: [boss], after: 15m}
    roles: [commander]
    updates: {every: 30m, owner: commander}
  sev2:
    title: Degraded
    definition: something does not work
    escalation:
      - {page: [on-call]}
"""
