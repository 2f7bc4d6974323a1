"""A bucket of S3, or of anything that speaks its language."""

import contextlib
from collections.abc import Iterator
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

from activities.errors import Rejected, Unavailable, vendor_error
from activities.plain_text import quote

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CONNECT_TIMEOUT, READ_TIMEOUT = 5, 8
"""Seconds."""


class Bucket:
    """Where something is kept in it, and its failures in our words."""

    def __init__(
        self, bucket: str, prefix: str, url: str | None = None, key_id: str | None = None, secret: str | None = None
    ) -> None:
        self.name = bucket
        self._prefix = prefix.strip("/")
        self._secret = secret
        session = boto3.session.Session(aws_access_key_id=key_id, aws_secret_access_key=secret)
        self.s3: S3Client = session.client(
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

    def key(self, *path: str) -> str:
        return "/".join(filter(None, (self._prefix, *path)))

    @contextlib.contextmanager
    def in_our_words(self) -> Iterator[None]:
        """Raises Unavailable or Rejected."""
        try:
            yield
        except ClientError as error:
            answer = error.response
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
            said = f"{answer['Error'].get('Code', '')} {answer['Error'].get('Message', '')}"
            words = quote(said, [self._secret or ""])
            retry_after = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after")
            raise vendor_error(f"the bucket {self.name} answered {status}: {words}", status, retry_after) from None
        except (NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            raise Rejected(f"the bucket {self.name} cannot be used: {quote(str(error), [])}") from None
        except BotoCoreError as error:
            raise Unavailable(f"the bucket {self.name} could not be reached: {type(error).__name__}") from None
