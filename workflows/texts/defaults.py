"""Tocsin's own words, by template name. A runbook may replace any of them under `templates`."""

TEXTS: dict[str, str] = {
    # To a phone: what, since when, why you, who was tried, how to answer, where to look.
    "page": """{{ headline }}
{% if service is defined %}Service: {{ service }}. {% endif %}Since {{ began }} ({{ elapsed }}). {{ phase }}.
{% if impact is defined %}{{ impact }}
{% endif %}
Why you: {{ reason }}.
{% if tried %}Called so far: {{ tried | join(", ") }}.
{% endif %}
Commander: {{ commander }}.
{% if on_call %}{{ on_call | join(". ") }}.
{% endif %}
To answer from a terminal: tocsin ack {{ id }}
{% if channel is defined %}Channel: {{ channel }}
{% endif %}
{% if labels %}Labels: {{ labels | join(", ") }}
{% endif %}
{% for link in links %}{{ link.label }}: {{ link.url }}
{% endfor %}""",
    "annotate": "{{ acknowledged_by }} acknowledged incident {{ id }}. Commander: {{ commander }}.",
    "noted_update": "Update: {{ last_update | default('see the incident') }}",
    "hush": "{% if ended %}Incident {{ id }} was {{ ended }}.{% else %}{{ acknowledged_by }} has it.{% endif %}",
    "topic": "{{ headline }} | {{ phase }} | Commander: {{ commander }} | {{ id }}",
    "declaration": """🚨 INCIDENT DECLARED: {{ title }}
Severity: {{ severity }}
Status: {{ phase }}
{% if service is defined %}Service: {{ service }}
{% endif %}
{% if impact is defined %}Impact: {{ impact }}
{% endif %}
Commander: {{ commander }}
{% for post in on_call %}{{ post }}
{% endfor %}
Started: {{ began }}
Incident: {{ id }}
{% if no_pager %}⚠️ THERE IS NO PAGER: nobody is being called. Fetch people yourself.
{% endif %}
{% for link in links %}{{ link.label }}: {{ link.url }}
{% endfor %}""",
    # Where everybody reads, of what only those who are named may know.
    "private": """🔒 A private incident {{ "was" if phase == "Resolved" else "is being" }} handled:
ask {{ in_the_know }}.""",
    # The first message in its own channel: whoever is brought there sees what it is about. The card's lines below it
    # say since when, who was paged, and who has which role.
    "declaration_here": """🚨 {{ title }}
Severity: {{ severity }}
{% if detected != since %}Detected: {{ detected }}
{% endif %}
{% if service is defined %}Service: {{ service }}
{% endif %}
{% if impact is defined %}Impact: {{ impact }}
{% endif %}
Incident: {{ id }}
{% for link in links %}{{ link.label }}: {{ link.url }}
{% endfor %}""",
    "was_open": "{{ headline }} ({{ id }}) was open from {{ since }} to {{ resolved }}, {{ ended }}",
    "told": "{% for line in told %}{{ line }}\n{% endfor %}",
    "unanswered": "{% for line in told %}{{ line }}\n{% endfor %}",
    "said": """⏰ INCIDENT UPDATE [{{ elapsed }}]
Status: {{ phase }}
{% for line in told %}{{ line }}
{% endfor %}
From: {{ by }}
{% if next_update is defined %}Next update: {{ next_update }}{% endif %}""",
    "update": """⏰ INCIDENT UPDATE [{{ elapsed }}]
Status: {{ phase }}. No update was posted in time.
Commander: {{ commander }}
{% if acknowledged_by %}Acknowledged by {{ acknowledged_by }}.{% else %}Nobody has acknowledged yet.{% endif %}

{% if next_update is defined %}Next update: {{ next_update }}{% endif %}""",
    "update_due": "An update is due at {{ next_update }}.",
    "roles_unfilled": "Roles: {{ reason }}. Take one, or give it to somebody.",
    "hand_off": """{% for line in told %}{{ line }}
{% endfor %}
{{ phase }}, {{ elapsed }}.
{% for role, person in roles.items() %}{{ role }}: {{ person }}
{% endfor %}
{% if next_update is defined %}Next update: {{ next_update }}{% endif %}""",
    "resolved": """✅ {% for line in told %}{{ line }}
{% endfor %}
It is being watched; if it returns in this time it is reopened.""",
    "unreached": """🔥 {% for line in told %}{{ line }}
{% endfor %}
If you can reach them another way, do.""",
    "fallback": """🔥 You are being paged, but {{ reason }}. Why you: the ladder has reached you.""",
    "nobody": """🔥 Nobody is being paged: {{ reason }}. Fetch people yourself.""",
    "gap": """🔥 {{ reason }}. Mend the runbook: it has a hole.""",
    "by_hand": """{% for line in told %}✋ {{ line }}
{% endfor %}""",
    "draft": """Draft to approve: {{ draft_name }} ({{ phase }}), because {{ reason }}:
{{ draft }}
{% if to_fill_in %}It cannot go out like this: {{ to_fill_in }} is for you to fill in. Edit the whole text.
{% endif %}""",
    "checklist": """{{ duty_title }}
{% for check in checks %}{{ "☑" if check.done else "☐" }} {{ check.text }}
{% endfor %}""",
    "war_room": "Join the war room: {{ war_room }}",
    "consider_review": "This is over. Does it need a review? No is an answer.",
    "review_opened": """📝 This is over. What its review owes:
{% for due in owed %}☐ {{ due.title }}: {{ due.owner }}, by {{ due.by }}
{% for task in due.tasks %}    {{ task }}
{% endfor %}{% endfor %}

What happened (UTC):
{% for line in happened %}{{ line }}
{% endfor %}""",
    "follow_up": """{% if follow_up_ended is defined %}{{ follow_up_ended }}
{% endif %}
{{ follow_up }}
Owner: {{ follow_up_owner }}. Due: {{ follow_up_due }}.
So that {{ headline }} does not happen again (incident {{ id }} of {{ date }}).""",
    "review_remind": """Due soon:
{% for due in owed %}☐ {{ due.title }}, by {{ due.by }}
{% endfor %}""",
    "review_due": """Due: {{ duty_title }}
{% for due in owed %}
{% for task in due.tasks %}☐ {{ task }}
{% endfor %}
{% endfor %}""",
    "review_overdue": """⏰ Overdue:
{% for due in owed %}☐ {{ due.title }}, {{ due.late }} late
{% endfor %}
{% if manager is defined %}{{ manager }}: this is told to you because it has waited so long.
{% endif %}""",
    "obligation": """{% for due in obligations %}⚖️ {{ due.title }}{% if due.to %}, to {{ due.to }}{% endif %}
Owed by {{ due.by }}, {{ due.left }}. {{ due.owner }}
{% endfor %}{% if notice is defined %}
{{ notice }}
{% endif %}""",
    "obligation_page": """{{ headline }}
{% for due in obligations %}{{ due.title }}{% if due.to %}, to {{ due.to }}{% endif %}
Owed by {{ due.by }}, {{ due.left }}.
Done: tocsin obligation sent {{ id }} {{ due.name }} --reference "..."
{% endfor %}
You are paged until it is sent or said not to apply.
Not applicable: tocsin obligation not-applicable {{ id }} NAME --reason "..."
""",
    "resolution_summary": """📋 Resolution summary
Duration: {{ duration }}, from {{ since }} to {{ resolved }}. Resolved by {{ resolved_by }}.
What it was: {{ cause }}""",
    "email": "{{ headline }}: {{ phase }}. Since {{ began }}.",
    "document": """# Incident document: {{ headline }}

- **Started:** {{ began }}
- **Commander:** {{ commander }}
- **Impact:** {{ impact }}

## Notes

[What is known, what was tried, what comes next]""",
    "incident_report": """# Incident report: {{ headline }}

- **Date:** {{ date }}
- **Duration:** {{ duration }}
- **Impact:** {{ impact }}

## What happened

{{ cause | default("[What it was, and what was done]") }}""",
    "post_mortem": """# Incident post-mortem: {{ title }}

## Summary

- **Date:** {{ date }}
- **Duration:** {{ duration }}
- **Severity:** {{ severity }}
- **Impact:** {{ impact }}

## Root cause

{{ cause | default("[What caused the incident, in detail]") }}

## Resolution

[What was done to resolve it]

## What went well

- [What worked]

## What could be improved

- [What to do better]

## Action items

| Action | Owner | Due date |
| --- | --- | --- |
| [action] | @name | YYYY-MM-DD |

## Lessons learned

[What to remember]""",
    "ticket": """{{ headline }}
{% if service is defined %}Service: {{ service }}. {% endif %}Since {{ began }}. Incident {{ id }}.""",
    # In public: `issue` holds nothing but what was written for the public.
    "public_name": "{{ issue_title }}",
    "public_investigating": """We are currently investigating {{ issue }}.
We will provide updates as we learn more.""",
    "public_identified": """We have identified the cause of {{ issue }}.
We are working on a fix.""",
    "public_monitoring": """A fix for {{ issue }} is in place.
We are watching the results.""",
    "public_resolved": """{{ issue_title }} has been resolved.
All systems are operating normally.""",
}
