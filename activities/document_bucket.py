"""Documents in a bucket of S3, or of anything that speaks its language."""

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from activities.documents import Stored, WrittenMeanwhile
from activities.errors import Rejected, Unavailable, vendor_error
from activities.plain_text import quote

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CONNECT_TIMEOUT, READ_TIMEOUT = 5, 8
"""Seconds."""
CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
NOT_THERE = "NoSuchKey"
MARKDOWN = "text/markdown; charset=utf-8"


class DocumentBucket:
    """Every write is conditional: somebody who saves in the same moment loses nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    def __init__(
        self, bucket: str, prefix: str, url: str | None = None, key_id: str | None = None, secret: str | None = None
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._secret = secret
        session = boto3.session.Session(aws_access_key_id=key_id, aws_secret_access_key=secret)
        self._s3: S3Client = session.client(
            "s3",
            endpoint_url=url,
            region_name=session.region_name or "us-east-1",
            config=Config(
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"total_max_attempts": 1},
                request_checksum_calculation="when_required",  # others than AWS refuse the newer ones
                s3={"addressing_style": "path"} if url else None,
            ),
        )

    def address(self, folder: str, name: str) -> str:
        return f"s3://{self._bucket}/{self._key(folder, name)}"

    def read(self, folder: str, name: str) -> Stored | None:
        with self._in_our_words():
            try:
                found = self._s3.get_object(Bucket=self._bucket, Key=self._key(folder, name))
            except ClientError as error:
                if error.response["Error"]["Code"] == NOT_THERE:
                    return None
                raise
            return Stored(found["Body"].read(), found["ETag"])
        raise AssertionError("unreachable")

    def write(self, folder: str, name: str, content: bytes, over: Stored | None) -> None:
        put = partial(
            self._s3.put_object, Bucket=self._bucket, Key=self._key(folder, name), Body=content, ContentType=MARKDOWN
        )
        with self._in_our_words():
            try:
                put(IfNoneMatch="*") if over is None else put(IfMatch=over.version)
            except ClientError as error:
                if error.response["Error"]["Code"] in CHANGED:
                    raise WrittenMeanwhile(name) from None
                raise

    def _key(self, folder: str, name: str) -> str:
        return "/".join(filter(None, (self._prefix, folder, name)))

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            answer = error.response
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
            said = f"{answer['Error'].get('Code', '')} {answer['Error'].get('Message', '')}"
            words = quote(said, [self._secret or ""])
            retry_after = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after")
            raise vendor_error(f"the bucket {self._bucket} answered {status}: {words}", status, retry_after) from None
        except (NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            raise Rejected(f"the bucket {self._bucket} cannot be used: {quote(str(error), [])}") from None
        except BotoCoreError as error:
            raise Unavailable(f"the bucket {self._bucket} could not be reached: {type(error).__name__}") from None
