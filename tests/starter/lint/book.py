"""A procedure that has everything, and nothing to be said against."""

from datetime import date

TODAY = date(2026, 11, 21)

GOOD = """\
runbook: acme
title: Acme's procedure
home: "#incidents"
calendar:
  zone: Europe/Berlin
  business_hours: {days: [mon, tue, wed, thu, fri], begin: "09:00", end: "17:00"}
  quiet_hours: {begin: "22:00", end: "07:00"}
  holidays: [2026-12-25, 2027-01-01]
people:
  on-call: {name: On-call Engineer, manager: boss}
  boss: {name: The Boss}
  press: {name: Press Officer}
roles:
  commander: {name: Incident Commander, falls_to: on-call}
  communications: {name: Communications Lead, falls_to: press}
  scribe: {name: Scribe}
flags: [customer-facing, security]
emergency: {flags: [customer-facing, security]}
audiences:
  customers: {name: Customers, addresses: [customers@acme.example]}
contacts:
  - {name: Hosting, reach: "+1 555 0100", when: {labels: {area: hosting}}}
links:
  - {label: Dashboard, url: "https://grafana.acme.example"}
  - {label: Logs, url: "https://logs.acme.example"}
war_room: {label: War room, url: "https://meet.acme.example/war"}
intake:
  severities: {critical: sev1, warning: sev2}
  default_severity: sev2
severities:
  sev1:
    title: Outage
    definition: Nothing works.
    examples: [the site is down]
    acknowledge: {within: 5m, expires_after: 1h}
    escalation:
      - {page: [on-call]}
      - {page: [boss], after: 15m}
      - {page: [press], after: 20m, unless: resolved, when: {flags: [customer-facing]}}
    roles: [commander, communications]
    updates: {every: 30m, owner: commander, remind: 5m}
    status_page:
      owner: communications
      first: 10m
      every: 30m
      automatic: [investigating]
      anyway_after: 15m
      when: {flags: [customer-facing]}
    duties:
      - {id: tell-customers, kind: email, template: email, to: customers, owner: communications, approval: true}
      - {id: war-room, kind: post, template: war_room, pin: true}
      - {id: first-steps, kind: checklist, template: checklist, owner: commander, text: Find a scribe}
      - {id: night-shift, kind: nag, template: rest, owner: commander, every: 4h, when: {off_hours: true}}
      - {id: it-is-over, kind: email, template: email, to: customers, owner: communications, at: resolved}
      - {id: thanks, kind: post, template: thanks, at: resolved}
    review:
      duties:
        - {id: write, kind: document, template: document, at: resolved, after: 48h, owner: commander}
  sev2:
    title: Degraded
    definition: Something does not work.
    examples: [one page is slow]
    acknowledge: {within: 30m}
    hold: quiet-hours
    escalation:
      - {page: [on-call]}
    updates: {every: 1h, owner: commander}
templates:
  rest: "{{ commander }}: who relieves you?"
  thanks: "{{ title }} is over: {{ cause | default('nobody knows why') }}"
  public_investigating: We are looking into {{ issue }}.
"""
