"""What can be set, read once and loudly: `TOCSIN_*` in the environment or `.env`; secrets also as `*_FILE`."""

from settings.model import Settings, SettingsError, load

__all__ = ["Settings", "SettingsError", "load"]
