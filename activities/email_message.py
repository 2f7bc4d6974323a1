"""A plain text as an e-mail: both parts from the same words, in which nothing can add a header or a tag.

The Message-ID comes from the effect's key, so a mail that is sent again is the same mail: mailboxes show it once. All
mails of an incident answer one root that was never sent, which is how mail programs keep them in one conversation
(https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4).
"""

import hashlib
import re
from datetime import UTC, datetime
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from activities.plain_text import LINK_IN_TEXT, clean, one_line
from workflows.policy.effects.effects import Email, Send

LONGEST_SUBJECT = 200
"""Characters. Ours: mail programs show less."""
LONGEST_MAIL = 100_000
"""Characters. Ours: mail programs hide what is much longer."""


MAIL_HTML = """<!doctype html>
<html><body style="margin:0;padding:24px;background:#f4f4f5">
<div style="max-width:600px;margin:0 auto;padding:24px;background:#fff;border-radius:6px;\
font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#18181b">
{}
</div></body></html>
"""


def compose(send: Send, sender: Address, accepted: tuple[str, ...]) -> EmailMessage:
    """The whole mail. Whom it goes to is the envelope's business: several recipients do not see each other."""
    assert isinstance(send.effect, Email)
    text = clean(send.text, LONGEST_MAIL)
    root = _id(f"incident {send.incident}", sender.domain)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = _to(send.effect, accepted)
    mail["Subject"] = _subject(send.subject) or f"Incident {one_line(send.incident, LONGEST_SUBJECT)}"
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = _id(send.vendor_key, sender.domain)
    mail["In-Reply-To"] = root
    mail["References"] = root
    mail["Auto-Submitted"] = "auto-generated"  # no holiday replies: https://www.rfc-editor.org/rfc/rfc3834#section-5
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(as_html(text), subtype="html", cte="quoted-printable")
    return mail


def _subject(text: str) -> str:
    """Without what a mail program would decode: `=?utf-8?q?...?=` may hold anything."""
    return one_line(text, LONGEST_SUBJECT).replace("=?", "= ?")


def _to(effect: Email, accepted: tuple[str, ...]) -> Address | Group:
    """The one recipient; of several only what they are called together, as in `undisclosed-recipients:;`."""
    if len(accepted) == 1:
        return Address(addr_spec=accepted[0])
    name = re.sub(r"[^\w .-]", "", one_line(effect.name or effect.to, 60)).strip()
    return Group(name or "undisclosed-recipients", ())


def _id(key: str, domain: str) -> str:
    return f"<{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:40]}@{domain}>"


def as_html(text: str) -> str:
    """Paragraphs, line breaks and links; everything else as it stands."""
    paragraphs = (part for part in re.split(r"\n\s*\n", text.strip("\n")) if part.strip())
    return MAIL_HTML.format("\n".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs))


def _lines(paragraph: str) -> str:
    pieces, shown = [], 0
    for link in LINK_IN_TEXT.finditer(paragraph):
        address = escape(link.group())
        pieces += [escape(paragraph[shown : link.start()]), f'<a href="{address}">{address}</a>']
        shown = link.end()
    pieces.append(escape(paragraph[shown:]))
    return "".join(pieces).replace("\n", "<br>\n")
