"""Templates of pages. Whatever is put into them was written by strangers: it is text there, and cannot move what is
beside it."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from starter.markup.printing import printed


def template_environment(package: str) -> Environment:
    """Of the templates that this package has. A value that is missing raises: a page with a hole says nothing of it."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_as_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _as_text(value: object) -> object:
    return printed(value) if isinstance(value, str) and not isinstance(value, Markup) else value
