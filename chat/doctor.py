"""Is Slack set up as it has to be? Each thing that is looked at says what was found, and what to do."""

from collections.abc import AsyncIterator, Collection, Iterable

import aiohttp
from pydantic import BaseModel, ConfigDict
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from activities.errors import Rejected, Unavailable
from activities.slack_api import SlackApi
from activities.slack_groups import group_named
from chat.health import BotIdentity
from chat.people import MemberInfo
from chat.scopes import INSTALL_AGAIN, missing_scopes
from settings import Settings
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.references import user_groups_of


class Examined(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True)

    what: str
    well: bool
    said: str
    remedy: str = ""


async def examine(settings: Settings, books: Collection[Runbook]) -> AsyncIterator[Examined]:
    if settings.slack_token is None:
        yield Examined(what="token", well=False, said="none is set", remedy="set TOCSIN_SLACK_TOKEN (docs/slack.md)")
        return
    api = SlackApi(settings.slack_token.get_secret_value(), settings.slack_url)
    try:
        token = await _token(api, settings)
        yield token
        if token.well:
            yield await _scopes(api)
            yield await _way_in(settings)
            yield await _channels(api, books)
            async for each in _users(api, settings):
                yield each
            async for each in _user_groups(api, books):
                yield each
    finally:
        await api.close()


async def _token(api: SlackApi, settings: Settings) -> Examined:
    try:
        found = await api.ask(api.web.auth_test(), BotIdentity)
    except (Unavailable, Rejected) as error:
        return Examined(what="token", well=False, said=str(error), remedy="TOCSIN_SLACK_TOKEN is the bot's, xoxb-...")
    if settings.slack_team and settings.slack_team != found.team_id:
        remedy = f"TOCSIN_SLACK_TEAM is {settings.slack_team}"
        return Examined(what="token", well=False, said=f"it is of the workspace {found.team_id}", remedy=remedy)
    return Examined(what="token", well=True, said=f"of the workspace {found.team or found.team_id}")


async def _scopes(api: SlackApi) -> Examined:
    try:
        answered = await api.web.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        return Examined(what="scopes", well=False, said="Slack did not say which there are", remedy="try it again")
    if missing := missing_scopes(answered.headers):
        return Examined(what="scopes", well=False, said=f"missing: {', '.join(missing)}", remedy=INSTALL_AGAIN)
    return Examined(what="scopes", well=True, said="all that are needed")


async def _way_in(settings: Settings) -> Examined:
    if settings.slack_app_token is None:
        well = bool(settings.slack_signing_secret)
        said = "by HTTP, at /webhooks/slack" if well else "there is none: nobody can press anything"
        remedy = "" if well else "set TOCSIN_SLACK_APP_TOKEN, or TOCSIN_SLACK_SIGNING_SECRET"
        return Examined(what="way in", well=well, said=said, remedy=remedy)
    web = AsyncWebClient(base_url=settings.slack_url, retry_handlers=[])
    try:
        await web.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        remedy = "TOCSIN_SLACK_APP_TOKEN is an app-level token, xapp-..., with connections:write"
        return Examined(what="way in", well=False, said="Socket Mode cannot be opened", remedy=remedy)
    return Examined(what="way in", well=True, said="by Socket Mode")


async def _channels(api: SlackApi, books: Iterable[Runbook]) -> Examined:
    wanted = {book.home.removeprefix("#") for book in books}
    try:
        there = {channel.name async for channel in api.channels() if not channel.is_archived}
    except (Unavailable, Rejected) as error:
        return Examined(what="channels", well=False, said=str(error), remedy="see scopes")
    if missing := sorted(wanted - there):
        said = f"not there, or not shown to the app: {', '.join(f'#{name}' for name in missing)}"
        return Examined(what="channels", well=False, said=said, remedy="create them, or invite the app")
    return Examined(what="channels", well=True, said=", ".join(f"#{name}" for name in sorted(wanted)))


async def _users(api: SlackApi, settings: Settings) -> AsyncIterator[Examined]:
    if not settings.slack_users:
        remedy = "set TOCSIN_SLACK_USERS, so that people are mentioned, and known when they press"
        yield Examined(what="people", well=False, said="nobody is mapped", remedy=remedy)
    for person, user in settings.slack_users.items():
        try:
            member = (await api.ask(api.web.users_info(user=user), MemberInfo)).user
        except (Unavailable, Rejected) as error:
            yield Examined(what=person, well=False, said=str(error), remedy=f"{user} in TOCSIN_SLACK_USERS")
            continue
        said = f"{member.real_name or user}, who has left" if member.deleted else member.real_name or user
        remedy = "map somebody else in TOCSIN_SLACK_USERS" if member.deleted else ""
        yield Examined(what=person, well=not member.deleted, said=said, remedy=remedy)


async def _user_groups(api: SlackApi, books: Iterable[Runbook]) -> AsyncIterator[Examined]:
    """A hand-over would say it too, but only then."""
    for handle in sorted({handle for book in books for handle in user_groups_of(book)}):
        what = f"@{handle}"
        try:
            await group_named(api, handle)
        except (Unavailable, Rejected) as error:
            remedy = "create it in Slack, or correct `user_group` in the runbook"
            yield Examined(what=what, well=False, said=str(error), remedy=remedy)
        else:
            yield Examined(what=what, well=True, said="a user group, which holds whoever is on call")
