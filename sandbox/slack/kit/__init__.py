"""Block Kit: what Slack takes, and what it refuses. Each number is the documented one of the page that its class names.

https://docs.slack.dev/reference/block-kit
"""
