"""Amazon CloudWatch's alarms, which SNS delivers: `starter.sources.sns` is the envelope, here is what is in it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from datetime import datetime
from urllib.parse import quote

from pydantic import JsonValue

from starter.sources import foreign, sns, text
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

STATES = {"ALARM": "firing", "OK": "resolved"}


class _AlarmDimension(Foreign):
    name: str = ""
    value: str = ""


class _AlarmTrigger(Foreign):
    MetricName: str = ""
    Namespace: str = ""
    Dimensions: list[_AlarmDimension] = []


class _Alarm(Foreign):
    AlarmName: str
    NewStateValue: str
    AlarmArn: str = ""
    AlarmDescription: str = ""
    AWSAccountId: str = ""
    NewStateReason: str = ""
    StateChangeTime: datetime | None = None
    Trigger: _AlarmTrigger = _AlarmTrigger()


def translate(webhook: Webhook) -> Reading:
    """Raises Unreadable for a notification that is no alarm's."""
    envelope = sns.read(webhook)
    if envelope.Type != "Notification":
        return Reading(ignored=f"{envelope.Type}: the topic's subscription, not an alarm")
    try:
        alarm, problems = foreign.read(_Alarm, envelope.Message.encode(), "a CloudWatch alarm")
    except Unreadable as error:
        wrong = [FieldProblem(f"Message.{each.field}".rstrip("."), each.message) for each in error.problems]
        raise Unreadable("the message is not a CloudWatch alarm", wrong) from None
    if (state := alarm.NewStateValue.upper()) not in STATES:
        return Reading(ignored=f"{text.line(state, text.LONGEST_WORD)} says neither that it fires nor that it is over")
    named = tuple(FieldProblem(f"Message.{each.field}", each.message) for each in problems)
    return Reading(
        (_alert(alarm, envelope.TopicArn),),
        tenant=_account(alarm, envelope),
        problems=named,
        delivery_id=envelope.MessageId,
    )


def _account(alarm: _Alarm, envelope: sns.Envelope) -> str:
    """An ARN names partition, service, region, account and thing: names of alarms are unique in a region."""
    arn = alarm.AlarmArn or envelope.TopicArn
    return ":".join(arn.split(":")[3:5])


def _alert(alarm: _Alarm, topic: str) -> SentAlert:
    region = (alarm.AlarmArn or topic).split(":")[3:4]
    own = {"account": alarm.AWSAccountId, "namespace": alarm.Trigger.Namespace, "metric": alarm.Trigger.MetricName}
    dimensions = {each.name: each.value for each in alarm.Trigger.Dimensions if each.name}
    link = _console(region[0], alarm.AlarmName) if region else ""
    return SentAlert(
        group=alarm.AlarmName,
        fingerprint=f"alarm/{alarm.AlarmName}",
        name=alarm.AlarmName,
        status="resolved" if alarm.NewStateValue.upper() == "OK" else "firing",
        summary=alarm.AlarmDescription or alarm.NewStateReason,
        labels=text.owned(own, dimensions),
        starts_at=alarm.StateChangeTime,
        link=link,
        links=(("alarm", link),),
    )


def _console(region: str, name: str) -> str:
    place = quote(region, safe="")
    return f"https://console.aws.amazon.com/cloudwatch/home?region={place}#alarmsV2:alarm/{quote(name, safe='')}"


ALARM = """{"AlarmName": "checkout-5xx", "AlarmDescription": "Customers cannot pay", "AWSAccountId": "123456789012",
"AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:checkout-5xx", "Region": "EU (Frankfurt)",
"NewStateValue": "ALARM", "OldStateValue": "OK", "StateChangeTime": "2026-11-21T00:03:12.494+0000",
"NewStateReason": "Threshold Crossed: 1 datapoint [31.0] was greater than the threshold (5.0).",
"Trigger": {"MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB",
"Dimensions": [{"name": "LoadBalancer", "value": "app/checkout/50dc6c495c0c9188"}]}}"""
EXAMPLE: dict[str, JsonValue] = {
    "Type": "Notification",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn": "arn:aws:sns:eu-central-1:123456789012:tocsin",
    "Subject": 'ALARM: "checkout-5xx" in EU (Frankfurt)',
    "Message": ALARM,
    "Timestamp": "2026-11-21T00:03:12.600Z",
    "SignatureVersion": "2",
    "Signature": "EXAMPLE",
    "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-example.pem",
}

SOURCE = Source(
    name="cloudwatch",
    about="Amazon CloudWatch's alarms through SNS, signed by AWS. A new subscription is confirmed by itself if its "
    "topic is one of TOCSIN_CLOUDWATCH_TOPICS. Raw message delivery must be off.",
    translate=translate,
    is_genuine=sns.signed_with(b""),  # nobody: its route fetches the certificate first
    secrets="cloudwatch_topics",
    group_is="the account, region and name of the alarm",
    examples={"alarm": EXAMPLE},
)
