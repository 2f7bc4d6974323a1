"""What a command reads by itself is what the settings say."""

from pathlib import Path

import pytest

import settings
from settings import Settings
from tocsin import own_settings


@pytest.mark.parametrize("environment", [None, "", "~/elsewhere", "/var/lib/tocsin"])
@pytest.mark.parametrize(
    "dotenv", [None, "", "TOCSIN_STATE_DIR=/from/the/file", "TOCSIN_STATE_DIR=", "TOCSIN_SPEED=60"]
)
def test_the_state_folder_is_that_of_the_settings(
    alone: Path, environment: str | None, dotenv: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOCSIN_STATE_DIR")
    if environment is not None:
        monkeypatch.setenv("TOCSIN_STATE_DIR", environment)
    if dotenv is not None:
        (alone / ".env").write_text(dotenv)
    assert own_settings.state_dir() == settings.load().state_dir


def test_it_is_usually_where_the_settings_say() -> None:
    assert str(Settings.model_fields["state_dir"].default) == own_settings.USUAL_STATE_DIR
