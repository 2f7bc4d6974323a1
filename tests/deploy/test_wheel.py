"""What `pip`, `pipx` and `uvx` get: the wheel, built as they build it."""

import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from email.message import Message

import pytest

from tests.deploy.compose import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_everything_that_runs_is_in_it_and_no_tests(wheel: zipfile.ZipFile) -> None:
    ours = {path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert ours <= set(wheel.namelist())
    assert not [name for name in wheel.namelist() if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_what_is_data_is_in_it(wheel: zipfile.ZipFile) -> None:
    shipped = {f"tocsin/runbooks/{path.name}" for path in (ROOT / "runbooks").glob("*.yaml")}
    assert shipped
    assert shipped <= set(wheel.namelist())
    assert "tocsin/demo/alertmanager.json" in wheel.namelist()


def test_type_checkers_are_told_that_it_has_types(wheel: zipfile.ZipFile) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(wheel.namelist())


def test_it_says_what_it_is_and_what_may_be_asked_for_beside_it(wheel: zipfile.ZipFile) -> None:
    said = metadata(wheel)
    assert said["Name"] == "tocsin"
    assert said["Summary"]
    assert said["License-Expression"] == "Apache-2.0"
    assert {"s3", "sandbox"} <= set(said.get_all("Provides-Extra", []))


def test_the_program_is_its_script(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(name).decode().split() == ["[console_scripts]", "tocsin", "=", "tocsin.__main__:main"]
