"""The small workflows' rules: heartbeats, silences, the digest, what the worker publishes."""
