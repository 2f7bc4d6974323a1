"""Slack's way of saying no."""

from sandbox.vendor_error import VendorError


def slack_error(error: str, **more: object) -> VendorError:
    """With 200: https://docs.slack.dev/apis/web-api/#responses"""
    return VendorError(200, {"ok": False, "error": error, **more})
