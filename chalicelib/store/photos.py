"""Photos, kept by the hash of what they contain."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import PhotoFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "photos/"
_KEY = re.compile(r"[0-9a-f]{64}")
_MISSING = {"NoSuchKey", "404", "NotFound"}


def content_key(data: bytes) -> str:
    """The key of a photo: hex SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()


class S3Photos:
    """`ports.Photos` over a bucket, under `photos/`, or another folder for other files; the client is handed in."""

    def __init__(self, client: S3Client, bucket: str, folder: str = PREFIX) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder

    def put(self, data: bytes, content_type: str) -> str:
        """The content key; the same bytes are kept once, with the type they first came with."""
        key = content_key(data)
        # Two workers may both find it missing: they then write the same bytes under the same key.
        if not self.has(key):
            self._client.put_object(Bucket=self._bucket, Key=self._folder + key, Body=data, ContentType=content_type)
        return key

    def get(self, key: str) -> PhotoFile:
        """The photo. Raises: NotFoundError."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._folder + _checked(key))
        except ClientError as error:
            if _code(error) in _MISSING:
                raise NotFoundError(f"no photo {key}") from None
            raise
        return PhotoFile(key, answer["Body"].read(), answer["ContentType"])

    def has(self, key: str) -> bool:
        """Whether the photo is kept."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=self._folder + _checked(key))
        except NotFoundError:
            return False
        except ClientError as error:
            if _code(error) in _MISSING:
                return False
            raise
        return True


class MemoryPhotos:
    """`ports.Photos` in a dictionary, for tests and simulations."""

    def __init__(self) -> None:
        self._files: dict[str, PhotoFile] = {}

    def put(self, data: bytes, content_type: str) -> str:
        """The content key; the same bytes are kept once."""
        key = content_key(data)
        self._files.setdefault(key, PhotoFile(key, data, content_type))
        return key

    def get(self, key: str) -> PhotoFile:
        """The photo. Raises: NotFoundError."""
        if key not in self._files:
            raise NotFoundError(f"no photo {key}")
        return self._files[key]

    def has(self, key: str) -> bool:
        """Whether the photo is kept."""
        return key in self._files


def _checked(key: str) -> str:
    """The key; one that is no hash never leaves its folder."""
    if not _KEY.fullmatch(key):
        raise NotFoundError(f"no photo {key}")
    return key


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
