"""What can be held to account in the Markdown files: code blocks, code spans, links."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`(?P<code>[^`\n]+)`")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class MarkdownDocument:
    path: Path
    text: str

    def blocks(self, language: str) -> list[str]:
        return [block["text"] for block in BLOCK.finditer(self.text) if block["language"] == language]

    def spans(self) -> list[str]:
        return [span["code"] for span in SPAN.finditer(BLOCK.sub("", self.text))]

    def rows(self) -> list[tuple[str, ...]]:
        """The cells of all tables, heads and their rulers too."""
        lines = (line for line in self.text.splitlines() if line.startswith("| "))
        return [tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])) for line in lines]

    def links(self) -> list[str]:
        return [link["target"] for link in LINK.finditer(BLOCK.sub("", self.text))]

    def commands(self) -> list[list[str]]:
        """Every command line that is shown, without its comment, as words."""
        lines = [line for block in self.blocks("sh") for line in block.splitlines()]
        shown = [*lines, *(span for span in self.spans() if span.startswith(("tocsin ", "make ", ".venv/")))]
        return [words(line) for line in shown if line]


def words(line: str) -> list[str]:
    """`"..."` holds together; a comment begins with ` #`."""
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line.split(" #")[0])]


def read(path: Path) -> MarkdownDocument:
    return MarkdownDocument(path, path.read_text(encoding="utf-8"))
