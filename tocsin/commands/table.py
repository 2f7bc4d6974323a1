"""All commands, in the order in which `tocsin --help` shows them, a line of 80 columns each."""

from collections.abc import Mapping

from tocsin.lazy import CommandRow


def _rows(module: str, panel: str, summaries: Mapping[str, str]) -> tuple[CommandRow, ...]:
    return tuple(CommandRow(name, f"tocsin.commands.{module}", said, panel) for name, said in summaries.items())


ROWS = (
    *_rows("opening", "Steer", {"declare": "Open an incident, and say who rings."}),
    *_rows(
        "events",
        "Steer",
        {
            "ack": "You are on it: escalation stops while there are signs of life.",
            "escalate": "Page a person or a tier now, and say who rings.",
            "severity": "Change the severity; all is planned anew from the start.",
            "flag": "Flag it, as customer-facing for example.",
            "update": "Post a progress update.",
            "approve": "Let a draft go out, as it is or in other words.",
            "correct": "Change the words that went to the status page last.",
            "assign": "Give somebody a role, such as commander.",
            "handoff": "Hand the command over.",
            "note": "Write a line on the timeline.",
            "mitigate": "A fix is in place, and you are watching it.",
            "resolve": "It is over: tell everybody what it was.",
            "reopen": "It is not over after all.",
            "cancel": "Opened in error, or twice: close it without a review.",
            "snooze": "Hold nags still for a while; pages and drafts are never held.",
            "tick": "A line of a checklist is done.",
        },
    ),
    *_rows(
        "reading",
        "Look",
        {
            "list": "Which incidents are open.",
            "show": "One incident: how it stands, and what comes next and why.",
            "plan": "What comes next, when, and why.",
        },
    ),
    *_rows("board", "Look", {"board": "A link that opens the board in a browser, once."}),
    *_rows("on_call", "Look", {"on-call": "Who is on call, now and in the days ahead."}),
    *_rows("digest", "Look", {"digest": "What is open, and who owes what."}),
    *_rows("report", "Look", {"report": "Figures of the last weeks."}),
    *_rows("review", "Afterwards", {"review": "What an incident owes after its end."}),
    *_rows("obligation", "Afterwards", {"obligation": "What a law or a contract wants told to somebody, and by when."}),
    *_rows("followup", "Afterwards", {"followup": "What is to be done so that it does not happen again."}),
    *_rows("silence", "Watch", {"silence": "Maintenance: alerts that match are held until it ends."}),
    *_rows("heartbeat", "Watch", {"heartbeat": "Senders that must call in time."}),
    *_rows("page_test", "Try", {"page-test": "Page somebody for real, marked TEST."}),
    *_rows("route", "Try", {"route": "Which incident a webhook would open, and why."}),
    *_rows("runbook", "Try", {"runbook": "Write runbooks, and see what they will do."}),
    *_rows(
        "parts",
        "Run",
        {
            "demo": "Watch the whole life of a SEV-1 in about a minute.",
            "up": "Run everything; a sandbox until a vendor is configured.",
            "worker": "Run the worker alone.",
            "gateway": "Run the gateway alone: it takes webhooks.",
            "setup": "Prepare the configured Temporal, or PagerDuty.",
        },
    ),
    *_rows("doctor", "Run", {"doctor": "Are Slack, PagerDuty and rotas as they have to be?"}),
    *_rows("token", "Run", {"token": "Secrets of whoever calls the gateway."}),
    *_rows("replay", "Run", {"replay": "Before a deploy: try this code on what runs already."}),
)
