"""What the documents repeat of what the code knows. `python -m tests.docs.tables` writes it anew."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer
from pydantic_core import PydanticUndefined
from typer.core import TyperCommand, TyperGroup

from settings import Settings
from settings.sources import SourceSettings
from tests.docs import sources
from tocsin.app import app
from tocsin.lazy import LazyCommand

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def settings() -> str:
    rows = [("Variable", "Default", "What it is"), ("---", "---", "---")]
    # Python lists what is inherited first; people look for what every installation has.
    fields = sorted(Settings.model_fields.items(), key=lambda item: item[0] in SourceSettings.model_fields)
    for name, field in fields:
        assert field.default is not PydanticUndefined
        assert field.description
        rows.append((f"`TOCSIN_{name.upper()}`", _written(field.default), field.description.replace("|", r"\|")))
    return table(rows)


def commands() -> str:
    rows = [("Command", "What it does"), ("---", "---")]
    for name, command in every_command("tocsin", typer.main.get_group(app)):
        assert command.help
        rows.append((f"`{name}`", " ".join(command.help.split("\n\n")[0].split())))
    return table(rows)


def every_command(prefix: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    """With its group's name: `tocsin runbook lint`."""
    for name, listed in group.commands.items():
        command = listed.loaded if isinstance(listed, LazyCommand) else listed
        if isinstance(command, TyperGroup):
            yield from every_command(f"{prefix} {name}", command)
        else:
            assert isinstance(command, TyperCommand)
            yield f"{prefix} {name}", command


TABLES: dict[str, Callable[[], str]] = {"settings": settings, "commands": commands}


def _written(default: object) -> str:
    """As it would be set; nothing for what is not set."""
    if default in (None, {}, ()):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def table(rows: Sequence[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = between(name).sub(table().replace("\\", r"\\"), text)
    README.write_text(text, encoding="utf-8")
    index = sources.INDEX.read_text(encoding="utf-8")
    sources.INDEX.write_text(between("vocabulary").sub(sources.vocabulary(), index), encoding="utf-8")
    for page, source in sources.pages().items():
        example = sources.example(source).replace("\\", r"\\")
        page.write_text(between("example").sub(example, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
