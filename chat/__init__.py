"""Slack's way in: what people press, type and fill in there becomes what the desk does, and is answered there.

The gateway proves who calls (`starter/gateway/routes/slack.py`), Socket Mode brings the same without a public address;
both come to `SlackChat`. Nothing here decides what an incident does: that is the desk's and the policy's.
"""
