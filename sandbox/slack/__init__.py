"""Slack in memory: the Web API, Socket Mode, the people who press, and what they see."""
