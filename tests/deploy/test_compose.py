"""docker-compose.yml against the program that it runs."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from sandbox.__main__ import main as sandbox
from settings import Settings, load
from settings.sources import SourceSettings
from starter.runbooks import library
from tests.deploy.compose import FILE, ROOT, VARIABLE, ComposeService, env_file, filled_in, read
from tocsin.app import app
from worker.pager import paged, require_pager

SERVICES = read().services
OURS = {name: service for name, service in SERVICES.items() if service.build}
MADE_UP = ("POSTGRES_PASSWORD", "ALERTMANAGER_TOKEN", "PAGERDUTY_WEBHOOK_SECRET")
YOURS = "./secrets"
"""A folder that whoever needs it fills, and that nobody commits."""
ENV_FILES = [ROOT / "deploy/example.env", ROOT / "deploy/sandbox.env"]


def completed(path: Path) -> dict[str, str]:
    """An example, filled in as its comments say."""
    given = env_file(path)
    return given | {name: "f00d" * 8 for name in MADE_UP if not given[name]}


def test_every_part_that_the_design_names_is_there_and_the_sandbox_only_on_demand() -> None:
    assert set(SERVICES) == {"postgresql", "schema", "temporal", "ui", "setup", "worker", "gateway", "sandbox"}
    assert {name for name, service in SERVICES.items() if service.profiles} == {"sandbox"}


@pytest.mark.parametrize("path", ENV_FILES, ids=lambda path: path.name)
def test_compose_itself_accepts_the_file(path: Path, tmp_path: Path) -> None:
    """By `docker-compose config`, which needs no engine, where it is installed; by our own reading of it elsewhere."""
    variables = completed(path)
    environment = tmp_path / "environment"
    environment.write_text("".join(f"{name}='{value}'\n" for name, value in variables.items()), encoding="utf-8")
    if (program := _installed()) is None:
        filled_in(FILE.read_text(encoding="utf-8"), variables)
    else:
        command = [*program, "-f", str(FILE), "--env-file", str(environment), "config", "-q"]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


def _installed() -> list[str] | None:
    for program in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(program[0]) and subprocess.run([*program, "version"], capture_output=True).returncode == 0:
            return program
    return None


@pytest.mark.parametrize("missing", [*MADE_UP, "PAGERDUTY_ROUTING_KEYS_FILE"])
def test_nothing_starts_without_its_secrets(missing: str) -> None:
    variables = completed(ROOT / "deploy/example.env") | {missing: ""}
    with pytest.raises(LookupError, match=rf"{missing}: set it in \.env"):
        filled_in(FILE.read_text(encoding="utf-8"), variables)


def test_no_secret_is_written_down() -> None:
    secretive = re.compile(r"PASSWORD|PWD|TOKEN|SECRET|KEYS|SWITCH")
    for service in SERVICES.values():
        for name, value in service.environment.items():
            if secretive.search(name) and not name.endswith("_FILE"):
                assert VARIABLE.fullmatch(value.strip('[]"')), f"{name} is {value}"
                assert ":-" not in value or value.endswith(":-}"), f"{name} has a default"


@pytest.mark.parametrize("name", ["worker", "gateway"])
def test_each_secret_that_may_be_left_out_may_be_a_file(name: str) -> None:
    service = SERVICES[name]
    secret = [known for known, field in Settings.model_fields.items() if "Secret" in repr(field.annotation)]
    for variable in (f"TOCSIN_{known.upper()}" for known in secret):
        if service.environment.get(variable, "").endswith(":-}"):
            assert service.environment.get(f"{variable}_FILE") == f"${{{variable}_FILE:-}}"
    assert f"{YOURS}:/etc/tocsin/secrets:ro" in service.volumes


def test_a_secret_of_your_own_making_has_no_default_in_the_examples() -> None:
    assert {env_file(path)[name] for path in ENV_FILES for name in MADE_UP} == {""}


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_and_the_servers_are_of_one_version(name: str) -> None:
    image = SERVICES[name].image
    if name in OURS:
        assert image == "tocsin"
    else:
        assert re.fullmatch(r"postgres:\d+|temporalio/[\w-]+:\d+\.\d+\.\d+", image)
    assert SERVICES["schema"].image.split(":")[1] == SERVICES["temporal"].image.split(":")[1]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_can_come_true(name: str) -> None:
    for other, dependency in SERVICES[name].depends_on.items():
        assert not SERVICES[other].profiles
        if dependency.condition == "service_healthy":
            assert SERVICES[other].healthcheck, f"{name} waits for the health of {other}, which says nothing of it"
        else:
            assert SERVICES[other].restart == "on-failure", f"{name} waits for the end of {other}, which has none"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_privileges_and_can_gain_none(name: str) -> None:
    service = SERVICES[name]
    assert service.cap_drop == ["ALL"]
    assert service.security_opt == ["no-new-privileges:true"]
    assert not service.cap_add or name == "postgresql"


@pytest.mark.parametrize("name", OURS)
def test_ours_write_nowhere_but_into_a_volume(name: str) -> None:
    assert OURS[name].read_only
    assert OURS[name].tmpfs == ["/tmp"]


def test_the_database_is_reached_by_temporal_alone() -> None:
    networks = read().networks
    assert networks["database"].internal
    assert {name for name, service in SERVICES.items() if "database" in service.networks} == {
        "postgresql", "schema", "temporal"
    }  # fmt: skip
    assert SERVICES["postgresql"].networks == ["database"]
    assert all(set(service.networks) <= set(networks) for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_who_calls_whom_shares_a_network(name: str) -> None:
    """By the hosts that its command and its settings name."""
    service = SERVICES[name]
    said = " ".join([*service.command, *service.environment.values()])
    called = {other for other in SERVICES if re.search(rf"(^|[\s/]){other}(:\d|\s|$)", said)} - {name}
    for other in called | set(service.depends_on) - {"setup", "schema"}:
        assert set(service.networks) & set(SERVICES[other].networks), f"{name} cannot reach {other}"


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_is_there(name: str) -> None:
    for mount in SERVICES[name].volumes:
        source = mount.split(":")[0]
        assert source in read().volumes or (ROOT / source).exists() or source == YOURS, mount
    assert set(SERVICES[name].secrets) <= set(read().secrets)


@pytest.mark.parametrize("name", OURS)
def test_the_program_knows_the_command_and_its_options(name: str) -> None:
    command = SERVICES[name].command
    if command[:3] == ["python", "-m", "sandbox"]:
        alone = typer.Typer()
        alone.command()(sandbox)
        typer.main.get_command(alone).make_context("sandbox", command[3:])
    else:
        assert command[0] == "tocsin"
        group = typer.main.get_group(app)
        group.commands[command[1]].make_context(command[1], command[2:])


@pytest.mark.parametrize("path", ENV_FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", OURS)
def test_the_program_reads_the_settings_that_it_is_given(
    name: str, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _settings(SERVICES[name], completed(path), monkeypatch, tmp_path)
    if name == "worker":
        require_pager(settings)
        assert "on-call" in settings.pagerduty_routing_keys
        assert settings.runbooks == Path("/etc/tocsin/runbooks")
    if name == "gateway":
        assert settings.alertmanager_tokens
        assert settings.pagerduty_webhook_secrets


def test_the_gateway_can_be_given_the_secrets_of_every_source() -> None:
    wanted = {f"TOCSIN_{name.upper()}" for name in SourceSettings.model_fields}
    assert wanted - set(SERVICES["gateway"].environment) == set()


def _settings(
    service: ComposeService, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Settings:
    """As `settings.load()` finds them in the container, where secrets are mounted and there is no `.env`."""
    keys = tmp_path / "keys.json"
    keys.write_bytes((ROOT / "deploy/sandbox-routing-keys.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    for name, written in service.environment.items():
        value = filled_in(written, variables)
        known = name.removeprefix("TOCSIN_").removesuffix("_FILE").lower()
        assert not name.startswith("TOCSIN_") or known in Settings.model_fields, f"there is no setting {name}"
        monkeypatch.setenv(name, str(keys) if value == "/run/secrets/pagerduty_routing_keys" else value)
    return load()


@pytest.mark.parametrize("path", ENV_FILES, ids=lambda path: path.name)
def test_the_examples_set_nothing_that_the_file_does_not_use(path: Path) -> None:
    used = {variable["name"] for variable in VARIABLE.finditer(FILE.read_text(encoding="utf-8"))}
    assert set(env_file(path)) - {"COMPOSE_PROFILES"} <= used


def test_the_sandbox_knows_everybody_whom_a_runbook_pages() -> None:
    keys = json.loads((ROOT / "deploy/sandbox-routing-keys.json").read_text(encoding="utf-8"))
    shipped = library.load(ROOT / "runbooks").runbooks.values()
    assert set(keys) >= set().union(*map(paged, shipped))


def test_on_one_server_a_task_queue_has_one_partition() -> None:
    config = YAML(typ="safe", pure=True).load(
        (ROOT / "deploy/temporal-dynamic-config.yaml").read_text(encoding="utf-8")
    )
    assert config == {
        "matching.numTaskqueueReadPartitions": [{"value": 1}],
        "matching.numTaskqueueWritePartitions": [{"value": 1}],
    }
