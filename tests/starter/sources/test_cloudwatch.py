"""SNS as the envelope of CloudWatch's alarms: nothing is believed, and nothing fetched, that AWS did not sign."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from starter.sources import sns, sns_calls
from starter.sources.cloudwatch import EXAMPLE, SOURCE
from starter.sources.reading import Unreadable
from starter.sources.sns_calls import SnsCalls
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.fixtures.cloudwatch import KEY, PEM, TOPICS, certificate, now, of, signed
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook

PATH = "/webhooks/cloudwatch"
REGION = "https://sns.eu-central-1.amazonaws.com"
CONFIRMATION = {
    "Type": "SubscriptionConfirmation",
    "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
    "Token": "2336412f37",
    "TopicArn": TOPICS[1],
    "Message": "You have chosen to subscribe to the topic.",
    "SubscribeURL": f"{REGION}/?Action=ConfirmSubscription&TopicArn={TOPICS[1]}&Token=2336412f37",
    "SignatureVersion": "2",
    "SigningCertURL": f"{REGION}/SimpleNotificationService-example.pem",
}


@dataclass
class Aws:
    """What would answer at SNS's addresses: real HTTP on loopback."""

    address: str = ""
    pem: bytes = PEM
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def get(self, url: str) -> bytes:
        """The gateway's own way out, led to loopback."""
        return await sns_calls.get(self.address + "/" + url.removeprefix("https://"))

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/{path:path}")
        async def answer(path: str, request: Request) -> Response:
            self.asked.append(path + ("?" + request.url.query if request.url.query else ""))
            return Response(self.pem, self.status)

        return app


@pytest_asyncio.fixture
async def aws(gate: GatewayUnderTest) -> AsyncIterator[Aws]:
    """Where the gate's gateway fetches; and its topics are set."""
    stand_in = Aws()
    server = uvicorn.Server(uvicorn.Config(stand_in.app(), port=0, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    stand_in.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    gate.settings = gate.settings.model_copy(update={"cloudwatch_topics": tuple(map(SecretStr, TOPICS))})
    gate.sns = SnsCalls(stand_in.get)
    yield stand_in
    server.should_exit = True
    await serving


async def post(
    gate: GatewayUnderTest, message: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx.Response:
    async with gate.open() as http:  # SNS says that its JSON is plain text
        return await http.post(
            PATH, content=json.dumps(message), headers={"Content-Type": "text/plain; charset=UTF-8", **(headers or {})}
        )


def message(**changed: Any) -> dict[str, Any]:
    return signed({**EXAMPLE, "TopicArn": TOPICS[1], "Timestamp": now(), **changed})


@pytest.mark.parametrize("version", ["1", "2"])
async def test_both_versions_of_the_signature_are_understood(version: str, gate: GatewayUnderTest, aws: Aws) -> None:
    answer = await post(gate, message(SignatureVersion=version))
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text


async def test_a_message_without_a_subject_is_signed_without_it(gate: GatewayUnderTest, aws: Aws) -> None:
    unsubjected = {name: value for name, value in message().items() if name != "Subject"}
    assert (await post(gate, signed(unsubjected))).status_code == 202


async def test_the_certificate_is_fetched_once(gate: GatewayUnderTest, aws: Aws) -> None:
    async with gate.open() as http:
        for number in range(3):
            answer = await http.post(PATH, json=message(MessageId=f"m-{number}"))
            assert answer.status_code == 202
    assert aws.asked == ["sns.eu-central-1.amazonaws.com/SimpleNotificationService-example.pem"]


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
async def test_every_signed_field_is_held_to_the_signature(field: str, gate: GatewayUnderTest, aws: Aws) -> None:
    other = {"Type": "SubscriptionConfirmation", "TopicArn": TOPICS[0], "Timestamp": now().replace("000Z", "001Z")}
    changed = {**message(), field: other.get(field, "changed on its way")}
    assert (await post(gate, changed)).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"Signature": ""},
        {"Signature": "ü"},
        {"Signature": "AAAA"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": ""},
        {"Timestamp": ""},
    ],
)
async def test_what_is_not_signed_is_refused(changed: dict[str, str], gate: GatewayUnderTest, aws: Aws) -> None:
    assert (await post(gate, {**message(), **changed})).status_code == 401


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=59), 202),  # SNS repeats for an hour, with the first time
        (timedelta(minutes=-4), 202),
        (timedelta(hours=2), 401),
        (timedelta(minutes=-10), 401),
    ],
)
async def test_a_recorded_message_grows_old(age: timedelta, status: int, gate: GatewayUnderTest, aws: Aws) -> None:
    at = f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M:%S}.000Z"
    assert (await post(gate, message(Timestamp=at))).status_code == status


async def test_a_topic_that_is_not_ours_is_refused_and_nothing_fetched(gate: GatewayUnderTest, aws: Aws) -> None:
    theirs = "arn:aws:sns:eu-central-1:210987654321:theirs"  # AWS signs for everybody
    assert (await post(gate, message(TopicArn=theirs))).status_code == 401
    assert aws.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/x.pem",
        "https://evil.example@sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/x.pem",
        "https://sns.eu-central-1.amazonaws.com:x/x.pem",
        "https://s3.eu-central-1.amazonaws.com/x.pem",
        "https://sns.s3.amazonaws.com/x.pem",  # a bucket, and its owner's
        "https://sns.s3-us-west-2.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com/\x01.pem",
        "https://sns.eu.central.1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com/x.exe",
        "https://sns.eu-central-1.amazonaws.comx/x.pem",
        "https://[::1/x.pem",
        "file:///etc/passwd.pem",
        "https://sns.eu-central-1.amazonaws.com/x.pem?1",  # another name of the same, to be fetched once more
        "https://sns.eu-central-1.amazonaws.com/x?.pem",
        "https://sns.eu-central-1.amazonaws.com/x.pem#1",
        "https://sns.eu-central-1.amazonaws.com/x#.pem",
        "",
    ],
)
async def test_a_certificate_is_fetched_only_from_aws(url: str, gate: GatewayUnderTest, aws: Aws) -> None:
    assert (await post(gate, message(SigningCertURL=url))).status_code == 401
    assert aws.asked == []


@pytest.mark.parametrize("url", [f"{REGION}/x.pem", "https://sns.cn-north-1.amazonaws.com.cn/x.pem"])
def test_aws_has_two_domains(url: str) -> None:
    assert sns.certificate_address(sns.Envelope.model_validate({**EXAMPLE, "SigningCertURL": url})) == url


@pytest.mark.parametrize(
    "pem",
    [
        certificate(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        certificate(KEY, datetime.now(UTC) - timedelta(days=1)),
        b"no certificate",
        b"",
    ],
    ids=["another key", "expired", "none", "empty"],
)
async def test_another_certificate_opens_nothing(pem: bytes, gate: GatewayUnderTest, aws: Aws) -> None:
    aws.pem = pem
    assert (await post(gate, message())).status_code == 401


@pytest.mark.parametrize(("status", "answered"), [(404, 401), (403, 401), (500, 503), (503, 503)])
async def test_while_aws_cannot_be_asked_sns_is_asked_to_come_again(
    status: int, answered: int, gate: GatewayUnderTest, aws: Aws
) -> None:
    aws.status = status
    assert (await post(gate, message())).status_code == answered


async def test_while_aws_cannot_be_reached_too(gate: GatewayUnderTest, aws: Aws) -> None:
    aws.address = "http://127.0.0.1:1"
    answer = await post(gate, message())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


async def test_a_subscription_of_a_topic_of_ours_is_confirmed(gate: GatewayUnderTest, aws: Aws) -> None:
    answer = await post(gate, signed({**CONFIRMATION, "Timestamp": now()}))
    assert (answer.status_code, answer.json()["ignored"]) == (202, "subscription confirmed")
    assert aws.asked[1:] == [CONFIRMATION["SubscribeURL"].removeprefix("https://")]


@pytest.mark.parametrize(
    "changed",
    [
        {"TopicArn": "arn:aws:sns:eu-central-1:210987654321:theirs"},
        {"SubscribeURL": "https://evil.example/"},
        {"SubscribeURL": "http://169.254.169.254/latest/meta-data/"},
    ],
)
async def test_nothing_else_is_confirmed(changed: dict[str, str], gate: GatewayUnderTest, aws: Aws) -> None:
    await post(gate, signed({**CONFIRMATION, "Timestamp": now(), **changed}))
    assert [path for path in aws.asked if not path.endswith(".pem")] == []


async def test_without_any_topic_no_subscription_is_confirmed(gate: GatewayUnderTest, aws: Aws) -> None:
    gate.settings = gate.settings.model_copy(update={"cloudwatch_topics": ()})
    answer = await post(gate, {**CONFIRMATION, "Timestamp": now()})
    assert (answer.status_code, aws.asked) == (202, [])
    assert "TOCSIN_CLOUDWATCH_TOPICS" in answer.json()["ignored"]


@pytest.mark.parametrize("headers", [{"x-amz-sns-rawdelivery": "true"}, {}])
async def test_raw_delivery_is_refused_with_the_reason(
    headers: dict[str, str], gate: GatewayUnderTest, aws: Aws
) -> None:
    answer = await post(gate, json.loads(str(EXAMPLE["Message"])), headers)
    assert answer.status_code == 422
    assert "raw message delivery" in answer.json()["error"]


@pytest.mark.parametrize(
    ("state", "statuses"), [("ALARM", ["firing"]), ("OK", ["resolved"]), ("INSUFFICIENT_DATA", [])]
)
def test_what_a_state_means(state: str, statuses: list[str], book: Runbook) -> None:
    found = delivery("cloudwatch", of(NewStateValue=state), book)
    assert [alert.status for batch in found.batches for alert in batch.alerts] == statuses


def test_an_alarm_says_where_it_is_and_what_it_measures(book: Runbook) -> None:
    (batch,) = delivery("cloudwatch", EXAMPLE, book).batches
    assert batch.opening.title == "checkout-5xx: Customers cannot pay"
    assert batch.opening.labels == {
        "account": "123456789012",
        "namespace": "AWS/ApplicationELB",
        "metric": "HTTPCode_Target_5XX_Count",
        "LoadBalancer": "app/checkout/50dc6c495c0c9188",
    }
    assert dict(batch.opening.links)["alarm"].endswith("region=eu-central-1#alarmsV2:alarm/checkout-5xx")


def test_a_composite_alarm_has_no_metric(book: Runbook) -> None:
    composite = of(Trigger=None, AlarmRule="ALARM(a) OR ALARM(b)")
    assert len(delivery("cloudwatch", composite, book).batches) == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Budget exceeded", "Message"),
        ("{}", "Message.AlarmName"),
        ('{"AlarmName": "x"}', "Message.NewStateValue"),
        ("[" * 5000, "Message"),
    ],
)
def test_a_notification_of_something_else_is_refused_by_its_field(text: str, field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SOURCE.translate(webhook({**EXAMPLE, "Message": text}))
    assert field in [problem.field for problem in refused.value.problems]


def test_hostile_texts_in_the_message_are_cut_and_cleaned(book: Runbook) -> None:
    hostile = "\u202e<!channel>\x00" + "x" * 100_000
    fields = dict.fromkeys(("AlarmName", "AlarmDescription", "NewStateReason", "AlarmArn"), hostile)
    (batch,) = delivery("cloudwatch", of(**fields, Trigger={"Dimensions": [{"name": hostile}] * 500}), book).batches
    assert len(batch.alerts[0].model_dump_json()) < 60_000
    assert "\u202e" not in batch.opening.title
