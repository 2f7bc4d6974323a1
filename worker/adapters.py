"""Settings to adapters. What is not configured is None: the effect is then done by hand (rule 3)."""

from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from activities.answer_links import AnswerLinks
from activities.calendars import Calendars
from activities.dead_mans_switch import DeadMansSwitch
from activities.document_folder import DocumentFolder
from activities.documents import DocumentWriter, Store
from activities.email import Mailer, Security, SmtpServer
from activities.email_pager import EmailPager
from activities.incident_link import IncidentAddresses
from activities.jira import Jira
from activities.ntfy import Ntfy
from activities.on_call import WhoIsOnCall
from activities.opsgenie import Opsgenie
from activities.page_folder import PageFolder
from activities.pagerduty import PagerDuty
from activities.pagers import Pager, Pagers
from activities.perform import Perform
from activities.phone_calls import PhoneCalls
from activities.public_page import OwnStatusPage, PagePlace
from activities.rosters import RosterReader
from activities.slack import Slack
from activities.slack_pager import SlackPager
from activities.statuspage import Statuspage
from activities.temporal import RecordInTemporal, kept_card
from activities.twilio import TextMessages
from activities.twilio_page import TwilioLine
from activities.webhook import WebhookPager
from settings import Settings
from settings.delivery import AT_THE_GATEWAY
from settings.extras import demand
from settings.pagers import PAGER_VARIABLES
from starter.public_page.site import drawing, identity

if TYPE_CHECKING:
    from activities.bucket import Bucket


def perform(settings: Settings) -> Perform:
    url, chat, mail = settings.dead_mans_switch_url, _chat(settings), _mail(settings)
    return Perform(
        pager=_pager(settings, chat, mail),
        chat=chat,
        status_page=_status_page(settings),
        mail=mail,
        documents=DocumentWriter(store(settings)),
        tickets=_tickets(settings),
        dead_mans_switch=DeadMansSwitch(url.get_secret_value()) if url else None,
        pager_variables=PAGER_VARIABLES,
        on_call=WhoIsOnCall(rosters(settings), kept_card),
        addresses=_addresses(settings, has_chat=chat is not None),
    )


def _addresses(settings: Settings, *, has_chat: bool) -> IncidentAddresses:
    return IncidentAddresses(settings.temporal_ui_url, settings.gateway_url, _answer_links(settings), has_chat)


def _answer_links(settings: Settings) -> AnswerLinks | None:
    """None: phones do not reach the gateway, or it could not tell such a link from another's."""
    if not (settings.gateway_url and settings.answer_keys):
        return None
    return AnswerLinks(settings.gateway_url, settings.answer_keys[0])


def rosters(settings: Settings) -> RosterReader:
    """PagerDuty is asked with its token, whether it rings anybody or not."""
    addresses = {name: address.get_secret_value() for name, address in settings.calendars.items()}
    return RosterReader(pagerduty(settings) if settings.pagerduty_api_token else None, Calendars(addresses))


def _pager(settings: Settings, chat: Slack | None, mail: Mailer | None) -> Pagers | None:
    """The first that knows a person rings them, unless their runbook says by which way."""
    found: dict[str, Pager] = {}
    if settings.pagerduty_routing_keys:
        found["pagerduty"] = pagerduty(settings)
    if settings.ntfy_topics:
        found["ntfy"] = _ntfy(settings)
    if settings.opsgenie_keys:
        keys = {person: key.get_secret_value() for person, key in settings.opsgenie_keys.items()}
        found["opsgenie"] = Opsgenie(keys, settings.opsgenie_url)
    unnamed = list(found.values())
    if settings.webhook_urls and settings.webhook_secret:
        urls = {person: url.get_secret_value() for person, url in settings.webhook_urls.items()}
        found["webhook"] = WebhookPager(urls, settings.webhook_secret.get_secret_value())
    if settings.apprise_urls:
        found["apprise"] = _apprise(settings)
    if settings.twilio_account and settings.twilio_from and settings.phone_numbers:
        found["sms"] = TextMessages(_line(settings, settings.twilio_account, settings.twilio_from))
        if settings.twilio_calls_from:
            found["voice"] = PhoneCalls(_line(settings, settings.twilio_account, settings.twilio_calls_from))
    if chat is not None:
        found["slack"] = SlackPager(chat)
    if mail is not None:
        found["email"] = EmailPager(mail, settings.mail_addresses)
    return Pagers(unnamed, found) if found else None


def _line(settings: Settings, account: str, sender: str) -> TwilioLine:
    numbers = {person: number.get_secret_value() for person, number in settings.phone_numbers.items()}
    token = settings.twilio_auth_tokens[0].get_secret_value()
    return TwilioLine(numbers, account, token, sender, settings.twilio_url)


def _apprise(settings: Settings) -> Pager:
    """Raises SettingsError without the package."""
    demand("apprise")
    from activities.apprise import ApprisePager  # who has no such way has no such package, and waits for none

    return ApprisePager({person: url.get_secret_value() for person, url in settings.apprise_urls.items()})


def _ntfy(settings: Settings) -> Ntfy:
    topics = {person: topic.get_secret_value() for person, topic in settings.ntfy_topics.items()}
    token = settings.ntfy_token
    return Ntfy(topics, settings.ntfy_url, token.get_secret_value() if token else None)


def pagerduty(settings: Settings) -> PagerDuty:
    token = settings.pagerduty_api_token
    return PagerDuty(
        routing_keys={person: key.get_secret_value() for person, key in settings.pagerduty_routing_keys.items()},
        events_url=settings.pagerduty_events_url,
        api_url=settings.pagerduty_api_url,
        api_token=token.get_secret_value() if token else None,
        from_email=settings.pagerduty_from,
        priorities=settings.pagerduty_priorities,
        users=settings.pagerduty_helpers,
    )


def _chat(settings: Settings) -> Slack | None:
    if settings.slack_token is None:
        return None
    return Slack(settings.slack_token.get_secret_value(), settings.slack_url, settings.slack_users)


def _status_page(settings: Settings) -> OwnStatusPage | Statuspage | None:
    if settings.public_page:
        place = _page_place(settings.public_page, settings)
        return OwnStatusPage(RecordInTemporal(), place, drawing(identity(settings)))
    if settings.statuspage_token is None or settings.statuspage_page is None:
        return None
    return Statuspage(settings.statuspage_token.get_secret_value(), settings.statuspage_page, settings.statuspage_url)


def _page_place(where: str, settings: Settings) -> PagePlace | None:
    """None: the gateway shows it."""
    if where == AT_THE_GATEWAY:
        return None
    if not where.startswith("s3://"):
        return PageFolder(Path(where).expanduser().absolute())
    bucket = _bucket(where, settings)
    from activities.page_bucket import PageBucket

    return PageBucket(bucket)


def _tickets(settings: Settings) -> Jira | None:
    url, email, token, project = (
        settings.jira_url, settings.jira_email, settings.jira_token, settings.jira_project
    )  # fmt: skip
    if url is None or email is None or token is None or project is None:
        return None
    return Jira(url, email, token.get_secret_value(), project, settings.jira_issue_type)


SECURITY: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}
"""What a scheme of TOCSIN_SMTP_URL means, and its usual port."""


def _mail(settings: Settings) -> Mailer | None:
    found = server(settings)
    if found is None or settings.mail_from is None:
        return None
    name, address = parseaddr(settings.mail_from)
    return Mailer(found, Address(name, addr_spec=address))


def store(settings: Settings) -> Store:
    """Where documents go: always somewhere. Raises SettingsError without the package for buckets."""
    where = settings.documents or str(settings.state_dir / "documents")
    if not where.startswith("s3://"):
        return DocumentFolder(Path(where).expanduser().absolute())
    bucket = _bucket(where, settings)
    from activities.document_bucket import DocumentBucket  # who keeps documents in a folder has no boto3

    return DocumentBucket(bucket)


def _bucket(where: str, settings: Settings) -> "Bucket":
    """Raises SettingsError without the package for buckets."""
    demand("boto3")
    from activities.bucket import Bucket

    url = urlsplit(where)
    secret = settings.documents_secret.get_secret_value() if settings.documents_secret else None
    return Bucket(url.netloc, url.path, settings.documents_url, settings.documents_key_id, secret)


def server(settings: Settings) -> SmtpServer | None:
    """The mail server; None if there is none."""
    if settings.smtp_url is None:
        return None
    url = urlsplit(settings.smtp_url)
    security, port = SECURITY[url.scheme]
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    return SmtpServer(url.hostname or "", url.port or port, security, settings.smtp_user, password)
