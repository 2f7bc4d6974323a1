"""Documents in a bucket of S3, or of anything that speaks its language."""

from functools import partial

from botocore.exceptions import ClientError

from activities.bucket import Bucket
from activities.documents import Stored, WrittenMeanwhile

CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
NOT_THERE = "NoSuchKey"
MARKDOWN = "text/markdown; charset=utf-8"


class DocumentBucket:
    """Every write is conditional: somebody who saves in the same moment loses nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def address(self, folder: str, name: str) -> str:
        return f"s3://{self._bucket.name}/{self._bucket.key(folder, name)}"

    def read(self, folder: str, name: str) -> Stored | None:
        with self._bucket.in_our_words():
            try:
                found = self._bucket.s3.get_object(Bucket=self._bucket.name, Key=self._bucket.key(folder, name))
            except ClientError as error:
                if error.response["Error"]["Code"] == NOT_THERE:
                    return None
                raise
            return Stored(found["Body"].read(), found["ETag"])
        raise AssertionError("unreachable")

    def write(self, folder: str, name: str, content: bytes, over: Stored | None) -> None:
        put = partial(
            self._bucket.s3.put_object,
            Bucket=self._bucket.name,
            Key=self._bucket.key(folder, name),
            Body=content,
            ContentType=MARKDOWN,
        )
        with self._bucket.in_our_words():
            try:
                put(IfNoneMatch="*") if over is None else put(IfMatch=over.version)
            except ClientError as error:
                if error.response["Error"]["Code"] in CHANGED:
                    raise WrittenMeanwhile(name) from None
                raise
