"""How much an incident remembers."""


class IncidentBounds:
    """How much an incident remembers: numbers of things, and bytes of their texts. Whatever is sent, all of it together
    stays under 256 KiB."""

    timeline = 200
    text = 500
    timeline_text = 24_000
    """Of all lines together; those of plain length are far below it."""
    announcements = 30
    message = 3000
    announcements_text = 12_000
    alerts = 90
    beyond = 400
    """Alerts more of which a hash is kept while they fire."""
    alert_name = 60
    alert_summary = 54
    alert_details = 40
    """Alerts of which labels and links of their own are kept: `alert_details.py`."""
    alert_labels = 1000
    alert_link = 1000
    alerts_in_review = 20
    """After the end only their texts are asked for."""
    successor = 30
    seen_ids = 200
    rings = 40
    rings_with_people = 6
    """Of which it is known whom the pager reached for, who has them there, and who helps."""
    turned_there = 6
    reached = 8
    notified = 2
    """The last of one ring."""
    assigned = 3
    """To one ring."""
    responders = 3
    """Of one ring."""
    calls = 20
    call_reason = 200
    renewal_reason = 200
    services = 20
    service = 40
    news = 2
    new_alerts = 6
    """Of those that are said together; the others are counted."""
    new_alert = 120
    names = 25
    """Of roles and of flags: a signal may name some that the runbook does not know."""
    links = 4
    link = 2000
    follow_ups = 30
    follow_up = 200
    follow_ups_text = 8000
    """Of all of them together, with their owners."""
    remark = 80
    """As one ends; the whole of it stands on the timeline."""
    ending = 200
    """What is said as a duty of the review ends, and by whom."""
    link_of_ending = 500
