"""Where a gateway is reached from its own machine."""

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared, not bound)


def reachable(host: str) -> str:
    """The wildcard address is one to listen on, and none to connect to."""
    return WILDCARDS.get(host, host)
