"""What only apprise does: it is asked through its plainest plugin, over a real connection."""

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from activities.errors import Rejected, Unavailable
from settings import Settings
from tests.activities.ways import LINK, demand_apprise, page
from tests.sandbox_server import SandboxServer
from tocsin import apprise_doctor
from worker.pager import apprise_misses

if TYPE_CHECKING:
    from activities.apprise import ApprisePager

URL = "json://tocsin:apprise-secret@"


@pytest.fixture(autouse=True)
def apprise() -> None:
    demand_apprise()


def at(url: str) -> "ApprisePager":
    from activities.apprise import ApprisePager

    return ApprisePager({"on-call": url})


def pager(sandbox: SandboxServer, options: str = "") -> "ApprisePager":
    return at(f"{sandbox.apprise_url}/on-call{options}")


async def asked(sandbox: SandboxServer) -> list[dict[str, str]]:
    return [entry["body"] for entry in await sandbox.wire("apprise")]


async def test_the_link_stands_first_and_the_text_below_it(sandbox: SandboxServer) -> None:
    receipt = await pager(sandbox).page(page("apprise", text="all is down\n"), may_have_been_sent=False)
    [sent] = await asked(sandbox)
    assert sent["message"] == f"Acknowledge: {LINK}\nall is down"
    assert sent["type"] == "failure"
    assert receipt.note == "taken by JSON"


async def test_a_text_without_end_is_cut_and_the_link_is_not(sandbox: SandboxServer) -> None:
    await pager(sandbox).page(page("apprise", text="x" * 9000, subject="y" * 9000), may_have_been_sent=False)
    [sent] = await asked(sandbox)
    assert LINK in sent["message"]
    assert len(sent["title"]) <= 200
    assert len(sent["message"]) < 700


@pytest.mark.parametrize(
    ("status", "means"),
    [(401, Rejected), (403, Rejected), (404, Rejected), (429, Unavailable), (500, Unavailable), (503, Unavailable)],
)
async def test_what_an_answer_means_is_read_from_its_status(
    sandbox: SandboxServer, status: int, means: type[Exception]
) -> None:
    await sandbox.fault(vendor="apprise", status=status)
    with pytest.raises(means, match=f"JSON answered {status}"):
        await pager(sandbox).page(page("apprise"), may_have_been_sent=False)


@pytest.mark.parametrize("status", [400, 413])
async def test_what_is_refused_for_its_text_goes_without_it(sandbox: SandboxServer, status: int) -> None:
    await sandbox.fault(vendor="apprise", status=status, times=1)
    receipt = await pager(sandbox).page(page("apprise", text="all is down"), may_have_been_sent=False)
    assert (await asked(sandbox))[1]["message"] == f"Acknowledge: {LINK}"
    assert receipt.warns
    assert "without its text" in (receipt.note or "")


async def test_one_attempt_is_one_request_and_a_failure_a_failure_whatever_the_address_says(
    sandbox: SandboxServer,
) -> None:
    """`optional` lets apprise call a failure a success: the page would count as one that rang."""
    await sandbox.fault(vendor="apprise", status=500)
    with pytest.raises(Unavailable):
        await pager(sandbox, "?retry=3&wait=0&optional=yes").page(page("apprise"), may_have_been_sent=False)
    assert len(await asked(sandbox)) == 1


async def test_an_alert_calls_nobody_in_a_chat(sandbox: SandboxServer) -> None:
    send = page("apprise", subject="@everyone is down", text="<!here> and <@U123>, write to ops@example.com")
    await pager(sandbox).page(send, may_have_been_sent=False)
    [sent] = await asked(sandbox)
    for call in ("@everyone", "<!here", "<@U123"):
        assert call not in f"{sent['title']} {sent['message']}"


async def test_a_service_that_is_not_there_is_away(sandbox: SandboxServer) -> None:
    nobody = at(f"{URL}127.0.0.1:9/on-call")
    with pytest.raises(Unavailable, match="JSON could not be reached"):
        await nobody.page(page("apprise"), may_have_been_sent=False)


async def test_one_that_answers_too_slowly_is_given_up(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.apprise.RING_WITHIN_S", 0.1)
    await sandbox.fault(vendor="apprise", delay_s=0.4, status=500)
    with pytest.raises(Unavailable, match="apprise had no answer within"):
        await pager(sandbox).page(page("apprise"), may_have_been_sent=False)


@pytest.mark.parametrize("url", ["pigeon://apprise-secret", "tgram://apprise-secret"])
async def test_an_address_that_apprise_does_not_know_is_rejected_and_named_at_the_start(url: str) -> None:
    with pytest.raises(Rejected, match="tocsin doctor apprise"):
        await at(url).page(page("apprise"), may_have_been_sent=False)
    chosen = Settings.model_validate({"apprise_urls": {"on-call": url, "ann": f"{URL}127.0.0.1:9/ann"}})
    assert "does not know the address of on-call" in apprise_misses(chosen, "on-call")
    assert [each.well for each in apprise_doctor.addresses(chosen)] == [False, True]


def test_no_page_waits_until_apprise_has_read_its_plugins() -> None:
    """They are read when the worker starts."""
    code = (
        "import sys; from activities.apprise import ApprisePager; ApprisePager({'ann': 'json://127.0.0.1:9/ann'}); "
        "print('apprise.plugins.telegram' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True"


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 500}, {"drop": "before"}])
async def test_no_secret_of_an_address_is_in_an_error_or_a_log(
    sandbox: SandboxServer, fault: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await sandbox.fault(vendor="apprise", **fault)
    with pytest.raises((Rejected, Unavailable)) as failure:
        await pager(sandbox).page(page("apprise"), may_have_been_sent=False)
    said = caplog.text + repr(failure.value)
    assert "apprise-secret" not in said
    assert "on-call/" not in said


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("tgram://123456789:abcdefg_hijklmnop/12345/", "Telegram"),
        ("pover://" + "u" * 30 + "@" + "t" * 30, "Pushover"),
        ("discord://1234567890/abcdefghij", "Discord"),
        ("matrixs://user:pass@matrix.example.com/#room", "Matrix"),
        ("workflows://prod-1.westus.logic.azure.com:443/" + "a" * 32 + "/" + "b" * 43, "MSTeams"),
    ],
)
def test_the_services_that_are_named_in_the_documents_are_there(url: str, service: str) -> None:
    from activities.apprise import service_of

    assert service in (service_of(url) or "")


async def test_who_has_no_address_of_apprise_has_a_doctor_that_says_so() -> None:
    [found] = apprise_doctor.addresses(Settings.model_validate({}))
    assert not found.well
    assert "TOCSIN_APPRISE_URLS" in found.remedy
