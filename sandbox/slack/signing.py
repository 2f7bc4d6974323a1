"""How Slack proves that it is Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack"""

import hashlib
import hmac


def signed(body: bytes, secret: str, at: float) -> dict[str, str]:
    """The two headers."""
    timestamp = str(int(at))
    digest = hmac.new(secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
