"""What all pictures share: paper, letters, and colours that follow the reader's theme. They load nothing."""

from collections.abc import Mapping
from html import escape

from starter.markup.printing import printed

_PAPER = {
    ".paper": ("fill", "#ffffff", "#0d1117"),
    ".band": ("fill", "#f6f8fa", "#161b22"),
    ".head, .name, .text": ("fill", "#1f2328", "#e6edf3"),
    ".text": ("stroke", "#f6f8fa", "#161b22"),
    ".small": ("fill", "#57606a", "#9da7b1"),
    ".grid": ("stroke", "#d0d7de", "#30363d"),
    ".event": ("stroke", "#57606a", "#9da7b1"),
}
_SHAPES = """
    .head { font-size: 16px; font-weight: 600 }
    .figure { font-size: 24px }
    .name { font-weight: 600 }
    .text { stroke-width: 3; paint-order: stroke }
    .event { stroke-dasharray: 4 3 }
"""


def style(colours: Mapping[str, tuple[str, str]]) -> str:
    """For classes with a colour of their own: in light, in dark."""
    rules = [*((name, *rest) for name, rest in _PAPER.items())]
    rules += [(f".{name}", kind, *pair) for name, pair in colours.items() for kind in ("fill", "stroke")]
    light = "".join(f"    {name} {{ {kind}: {colour} }}\n" for name, kind, colour, _ in rules)
    dark = "".join(f"      {name} {{ {kind}: {colour} }}\n" for name, kind, _, colour in rules)
    return f"<style>\n{light}{_SHAPES}    @media (prefers-color-scheme: dark) {{\n{dark}    }}\n</style>"


def opening(width: int, height: int, title: str, subtitle: str, colours: Mapping[str, tuple[str, str]]) -> list[str]:
    """Up to the title at the top left."""
    title, subtitle = text(title), text(subtitle)
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, -apple-system, sans-serif" font-size="12">',
        f'<title id="title">{title}</title><desc id="desc">{subtitle}</desc>',
        style(colours),
        f'<rect class="paper" width="{width}" height="{height}"/>',
        f'<text class="head" x="16" y="28">{title}</text><text class="small" x="16" y="48">{subtitle}</text>',
    ]


def text(said: str) -> str:
    return escape(printed(said, breaks=""))
