"""The settings, one model. A field's description is its row in the README's table (a test holds the two together)."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from settings.access import AccessSettings
from settings.delivery import DeliverySettings
from settings.identity import IdentitySettings
from settings.pagers import PagerSettings
from settings.redaction import RedactionSettings
from settings.secret_files import SecretFiles, UnreadableFile
from settings.sources import SourceSettings
from settings.written import decoded

MAX_BODY_BYTES = 4_194_304
"""Alertmanager sends a group of 700 alerts, 1.8 KB each, at once."""


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


class Settings(SourceSettings, IdentitySettings, AccessSettings, RedactionSettings, PagerSettings, DeliverySettings):
    """See the descriptions. Nothing here is ever written to a history or a log."""

    model_config = SettingsConfigDict(
        env_prefix="TOCSIN_",
        env_file=".env",
        env_ignore_empty=True,
        enable_decoding=False,  # `_decode` does it, and says what is wrong with each
        extra="ignore",
        frozen=True,
    )

    state_dir: Path = Field(
        Path("~/.local/state/tocsin"), description="where `tocsin up` keeps its database and addresses"
    )
    runbooks: Path | None = Field(
        None, description="folder of runbooks (`*.yaml`); the five that ship with Tocsin if unset. The worker's count"
    )
    runbook: str | None = Field(
        None,
        description="runbook for what names none; if unset the only one of `TOCSIN_RUNBOOKS`, else `company`. "
        "The worker's counts",
    )
    me: str | None = Field(
        None, description="who you are, in commands: a name in the runbook's `people`, best; your login if unset"
    )
    log_format: str = Field("console", pattern="^(console|json)$", description="`console` or `json`")

    worker_processes: int | None = Field(
        None,
        ge=1,
        description="how many processes the worker has; one fewer than there are cores, and at least one, if unset",
    )
    worker_metrics: str | None = Field(
        None,
        pattern=r"^\S+:\d{1,5}$",
        description="address of the worker's Prometheus metrics (`127.0.0.1:9464`); a second process has the next port",
    )

    max_body_bytes: int = Field(
        MAX_BODY_BYTES,
        ge=1024,
        description="of a longer webhook body, the alerts within it are read, and the rest counted",
    )

    openings: int = Field(
        100,
        ge=0,
        description="incidents that one source may open within ten minutes; what is beyond is gathered into one "
        "incident, `N problems from SOURCE`. 0: no limit",
    )

    digest_at: str = Field(
        "09:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d|never)$",
        description="when the digest comes, on business days and in the zone of `TOCSIN_RUNBOOK`; or `never`",
    )
    digest_to: str | None = Field(
        None, description="who is also mailed the digest: an audience of that runbook, or an address"
    )

    no_pager: bool = Field(False, description="run without a pager: every incident then shouts that nobody is paged")
    dead_mans_switch_url: SecretStr | None = Field(
        None, description="called every minute while gateway, worker and Temporal all work; its silence is the alarm"
    )
    temporal_ui_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/\S*)?)?$",
        description="base address of Temporal's UI: pages and messages then link to their incident",
    )
    deployment: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9._-]+$",
        description="which build this worker is, if you deploy by Temporal's worker versioning: `NAME.BUILD`",
    )
    sandbox_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/\S*)?)?$",
        description="where the sandbox shows itself, for the gateway's first page; `up` sets it",
    )
    speed: float = Field(1.0, gt=0, le=3600, description="time compression for drills: 60 makes a minute of a second")

    @field_validator("*", mode="before")
    @classmethod
    def _decode(cls, value: object, field: ValidationInfo) -> object:
        if isinstance(value, UnreadableFile):
            raise ValueError(str(value))
        if isinstance(value, str) and field.field_name:
            return decoded(cls.model_fields[field.field_name].annotation, value)
        return value

    @field_validator("state_dir")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        return value.expanduser()

    @property
    def any_vendor(self) -> bool:
        """Is any vendor configured? Then the sandbox stays off: a half-real set-up must not page a toy."""
        return self.any_pager or self.any_delivery

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic passes it by this name)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls), dotenv_settings


def load() -> Settings:
    """The settings of this process.

    Raises SettingsError that names each bad variable, never its value (it may be a secret).
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_complaint(e["loc"], e["msg"]) for e in error.errors(include_input=False, include_url=False)]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None
    except (OSError, UnicodeDecodeError) as error:  # of all sources only this one is a file that is read whole
        raise SettingsError(f".env cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None


def _complaint(loc: tuple[int | str, ...], message: str) -> str:
    name = "TOCSIN_" + str(loc[0]).upper() if loc else "settings"
    return f"{name}: {message.removeprefix('Value error, ')}"
