"""The status page in a bucket, which shows it itself or is what a content network stands in front of."""

from collections.abc import Mapping
from typing import Final

from activities.bucket import Bucket
from activities.public_page import WrittenFile

CACHED_FOR: Final = "public, max-age=30"


class PageBucket:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def write(self, files: Mapping[str, WrittenFile]) -> None:
        """Each is replaced as a whole."""
        for path, file in files.items():
            with self._bucket.in_our_words():
                self._bucket.s3.put_object(
                    Bucket=self._bucket.name,
                    Key=self._bucket.key(path),
                    Body=file.body,
                    ContentType=file.media_type,
                    CacheControl=CACHED_FOR,
                )
