"""The README's tables that repeat what the code knows. `python -m tests.docs.tables` writes them anew."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import typer
from pydantic_core import PydanticUndefined

from settings import Settings
from tocsin.app import app

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def settings() -> str:
    rows = [("Variable", "Default", "What it is"), ("---", "---", "---")]
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined
        assert field.description
        rows.append((f"`TOCSIN_{name.upper()}`", _written(field.default), field.description.replace("|", r"\|")))
    return _table(rows)


def commands() -> str:
    rows = [("Command", "What it does"), ("---", "---")]
    for name, command in typer.main.get_group(app).commands.items():
        assert command.help
        rows.append((f"`tocsin {name}`", " ".join(command.help.split("\n\n")[0].split())))
    return _table(rows)


TABLES: dict[str, Callable[[], str]] = {"settings": settings, "commands": commands}


def _written(default: object) -> str:
    """As it would be set; nothing for what is not set."""
    if default in (None, {}, ()):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = between(name).sub(table().replace("\\", r"\\"), text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
