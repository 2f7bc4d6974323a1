"""From the settings to what answers Slack, and what of it runs beside the gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from activities.slack_api import SlackApi
from chat.acting import Hands
from chat.commands import Commands
from chat.finding import Finder
from chat.forms.declaring import DeclareForms
from chat.forms.verb_form import VerbForms
from chat.health import Health
from chat.late_answers import LateAnswers
from chat.looking import Looks
from chat.people import Pressers
from chat.permissions import PUBLIC, SEE_PRIVATE, ChatPermissions
from chat.presses import Presses
from chat.prompt_deeds import PromptDeeds
from chat.sayings import SayingsReader
from chat.shortcuts import Shortcuts
from chat.slack_chat import SlackChat
from chat.slow_answers import SlowAnswers
from chat.socket_mode import SocketMode
from chat.timeline import PinnedMessages
from chat.waits import AS_SLACK_WAITS, Waits
from chat.web import Modals, Replies, Whispers
from settings import Settings
from starter.background import BackgroundLoops
from starter.desk.recorder import Recorder
from starter.desk.temporal_desk import TemporalDesk
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations

NO_WAY_IN = (
    "Slack: what people press there does not arrive: set TOCSIN_SLACK_SIGNING_SECRET, or TOCSIN_SLACK_APP_TOKEN for "
    "Socket Mode (docs/slack.md)"
)


@asynccontextmanager
async def connected(
    settings: Settings, incidents: Incidents, waits: Waits = AS_SLACK_WAITS
) -> AsyncIterator[SlackChat | None]:
    """None: Slack is not connected. What runs beside it ends with the block."""
    if settings.slack_token is None:
        yield None
        return
    api = SlackApi(settings.slack_token.get_secret_value(), settings.slack_url)
    chat = slack_chat(settings, incidents, api, waits)
    loops = {"asking how Slack stands": chat.health.run}
    if settings.slack_app_token:
        socket = SocketMode(
            settings.slack_app_token.get_secret_value(), settings.slack_url, chat, chat.health, waits.envelope_s
        )
        loops["Socket Mode"] = socket.run
    beside = BackgroundLoops(loops)
    chat.health.beside = beside
    beside.start()
    try:
        yield chat
    finally:
        await beside.stop()
        await chat.replies.close()
        await api.close()


def slack_chat(settings: Settings, incidents: Incidents, api: SlackApi, waits: Waits = AS_SLACK_WAITS) -> SlackChat:
    patience = timedelta(seconds=waits.worker_s)
    impatient = incidents.with_patience(patience)
    desk = TemporalDesk(impatient, fate_within=patience)
    public_desk = TemporalDesk(impatient.without_private(), fate_within=patience)
    permissions = ChatPermissions(api, _may(settings))
    hands, installations = Hands(desk, public_desk, permissions), Installations(impatient.connection)
    replies, modals = Replies(api, settings.slack_url), Modals(api, waits.call_s)
    finder, looks = Finder(hands, api), Looks(hands, incidents)
    closed = "" if settings.slack_signing_secret or settings.slack_app_token else NO_WAY_IN
    health = Health(api, settings.slack_team, closed, tuple(permissions.problems()))
    pressers = Pressers(api, settings.slack_users, health, waits.member_s)
    recorder = Recorder(impatient)
    slow = SlowAnswers(hands, looks, recorder, replies, modals)
    verb_forms = VerbForms(hands, installations, modals, replies, slow, waits.submission_s)
    declare_forms = DeclareForms(hands, installations, modals, replies, slow, waits.submission_s)
    deeds = PromptDeeds(hands, recorder, LateAnswers(looks, replies), waits)
    redact, whispers = incidents.connection.redact or str, Whispers(api)
    timeline = PinnedMessages(hands, finder, pressers, SayingsReader(api, pressers, redact), whispers)
    users = {user: person for person, user in settings.slack_users.items()}
    return SlackChat(
        health=health,
        pressers=pressers,
        presses=Presses(hands, replies, verb_forms, looks, deeds, waits.worker_s / 3),
        verb_forms=verb_forms,
        declare_forms=declare_forms,
        commands=Commands(settings.slack_command, hands, finder, looks, verb_forms, declare_forms, slow, users),
        shortcuts=Shortcuts(finder, verb_forms, declare_forms, timeline, replies, redact),
        timeline=timeline,
        replies=replies,
        whispers=whispers,
    )


def _may(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Who is named for the API is so here, too."""
    beside = {SEE_PRIVATE: settings.private_to, PUBLIC: settings.public_by}
    named = {what: (*settings.slack_may.get(what, ()), *people) for what, people in beside.items() if people}
    return {**settings.slack_may, **named}
