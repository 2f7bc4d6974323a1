"""docker-compose.yml as a strict model of the keys that it uses, with variables filled in as Compose does it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rule>:[-?])?(?P<rest>[^}]*)\}")

Duration = Annotated[str, StringConstraints(pattern=r"^\d+s$")]
Loopback = Annotated[str, StringConstraints(pattern=r"^127\.0\.0\.1:\d+:\d+$")]
Mount = Annotated[str, StringConstraints(pattern=r"^[\w./-]+:/[\w./-]+(:ro)?$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class HealthCheck(Strict):
    test: list[str]
    interval: Duration
    timeout: Duration
    retries: int
    start_period: Duration = "0s"


class Dependency(Strict):
    condition: Literal["service_healthy", "service_completed_successfully"]


class ComposeService(Strict):
    image: str
    build: Literal["."] | None = None
    restart: Literal["unless-stopped", "on-failure"]
    entrypoint: list[str] = []
    command: list[str] = []
    depends_on: dict[str, Dependency] = {}
    environment: dict[str, str] = {}
    ports: list[Loopback] = []
    volumes: list[Mount] = []
    secrets: list[str] = []
    profiles: list[str] = []
    healthcheck: HealthCheck | None = None
    networks: list[str]
    cap_drop: list[str]
    cap_add: list[str] = []
    security_opt: list[str]
    read_only: bool = False
    tmpfs: list[str] = []


class Network(Strict):
    internal: bool = False


class SecretFile(Strict):
    file: str


class Compose(Strict):
    services: dict[str, ComposeService]
    secrets: dict[str, SecretFile]
    volumes: dict[str, dict[str, str]]
    networks: dict[str, Network]
    hardened: object = Field(alias="x-hardened")
    own: object = Field(alias="x-own")
    tocsin: object = Field(alias="x-tocsin")


def read() -> Compose:
    """As it is written: variables not filled in."""
    return Compose.model_validate(YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8")))


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """`${X}`, `${X:-default}` and `${X:?complaint}`, as Compose reads them. Raises LookupError with the complaint."""

    def value(variable: re.Match[str]) -> str:
        given = variables.get(variable["name"], "")
        if not given and variable["rule"] == ":?":
            raise LookupError(f"{variable['name']}: {variable['rest']}")
        return given or (variable["rest"] if variable["rule"] == ":-" else "")

    return VARIABLE.sub(value, text)


def env_file(path: Path) -> dict[str, str]:
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}
