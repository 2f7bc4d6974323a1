"""`token add`: a secret for somebody who calls the gateway, and what to paste where."""

from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from typer import Argument, Option

from settings.access import ApiToken, hashed, new_token
from tocsin import output
from tocsin.commands.arguments import AsJson, me
from tocsin.failure import Failure, badly_put
from tocsin.view.plain import plain

app = typer.Typer(no_args_is_help=True, help="Secrets of whoever calls the gateway.")

API_ITSELF = "api"
SHOWN_ONCE = "It is shown this once, and kept nowhere."


class MadeToken(BaseModel):
    """`token add --json`."""

    token: str
    setting: str
    value: str
    """To be set where the gateway runs; with a comma before it, if others are set already."""


@app.callback()
def tokens() -> None:
    """One command alone would be taken for the group."""


@app.command()
def add(
    what: Annotated[str, Argument(metavar="SOURCE", help="A source of alerts, such as alertmanager; or `api`.")],
    name: Annotated[str, Option(help="Of whoever uses the API: what they do is theirs; you if left out.")] = "",
    scope: Annotated[str, Option(help="In the API: read, respond, or admin.")] = "respond",
    as_json: AsJson = False,
) -> None:
    """Make a secret for a source of alerts, or for somebody who uses the HTTP API, and say what to paste."""
    if what == API_ITSELF:
        made, where = _for_the_api(name or me(), scope)
    else:
        made, where = _for_a_source(what)
    beside = "(with a comma before it, if others are set already)"
    lines = (f"token: {made.token}", where, f"where the gateway runs {beside}:", f"  {made.setting}={made.value}")
    output.show(made, plain("\n".join(lines)), as_json, whole_lines=True)


def _for_the_api(name: str, scope: str) -> tuple[MadeToken, str]:
    token = new_token()
    try:
        kept = ApiToken.model_validate({"name": name, "scope": scope, "sha256": hashed(token)})
    except ValidationError as error:
        raise badly_put(error) from None
    made = MadeToken(token=token, setting="TOCSIN_API_TOKENS", value=str(kept))
    return made, f"for {name}, who may {scope}: as TOCSIN_TOKEN, beside TOCSIN_URL. {SHOWN_ONCE}"


def _for_a_source(name: str) -> tuple[MadeToken, str]:
    from starter.gateway.proofs import PROVED_SOURCES, new_secret, secret_is_theirs
    from starter.runbooks.problems import closest

    source = PROVED_SOURCES.get(name)
    if source is None:
        raise Failure(f"there is no source {name!r}. {closest(name, (*PROVED_SOURCES, API_ITSELF))}")
    if theirs := secret_is_theirs(source):
        raise Failure(f"{theirs}: set it as {source.setting} (docs/sources/{name}.md)")
    token = new_secret(source)
    return MadeToken(token=token, setting=source.setting, value=token), f"for {name}: give it to the sender"
