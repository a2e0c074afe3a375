"""Photos, kept by the hash of what they contain."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import PhotoFile, UploadTicket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "photos/"
TICKET_S = 600
_TICKET = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[0-9a-f]{64}")
_MISSING = {"NoSuchKey", "404", "NotFound"}


def content_key(data: bytes) -> str:
    """The key of a photo: hex SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()


class S3Photos:
    """`ports.Photos` over a bucket, under `photos/`, or another folder for other files.

    The client is handed in and must sign with s3v4, and its role must be allowed to list the bucket: to others S3
    answers 403, not 404, for what is not there, and that stays an error. Browsers send into
    `incoming/<community>/<name>`. Nothing there is believed or shown: it is read once, checked, and kept under its
    content key.
    """

    def __init__(self, client: S3Client, bucket: str, folder: str = PREFIX) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder

    def put(self, data: bytes, content_type: str) -> str:
        """The content key; the same bytes are kept once, with the type they last came with."""
        key = content_key(data)
        # Not asked first whether it is there: the same bytes under the same key change nothing, and a file that the
        # bucket will forget after its days begins them anew with each use.
        self._client.put_object(Bucket=self._bucket, Key=self._folder + key, Body=data, ContentType=content_type)
        return key

    def ticket(self, community_id: str, most_bytes: int, kind: str = "image/") -> UploadTicket:
        """A signed form of one key, one kind of content and a size; S3 itself refuses anything else."""
        name = secrets.token_hex(16)
        post = self._client.generate_presigned_post(
            Bucket=self._bucket,
            Key=_incoming(community_id, name),
            Conditions=[["content-length-range", 1, most_bytes], ["starts-with", "$Content-Type", kind]],
            ExpiresIn=TICKET_S,
        )
        # The global host answers with a redirect, which a browser does not follow for a post of another origin.
        region = self._client.meta.region_name
        url = post["url"].replace(".s3.amazonaws.com/", f".s3.{region}.amazonaws.com/")
        return UploadTicket(name, url, post["fields"])

    def take(self, community_id: str, name: str, most_bytes: int) -> bytes:
        """What was sent, once. Raises: NotFoundError."""
        place = {"Bucket": self._bucket, "Key": _incoming(community_id, name)}
        try:
            answer = self._client.get_object(**place)
            if answer["ContentLength"] > most_bytes:
                raise NotFoundError(f"{name} is larger than its ticket")
            return answer["Body"].read()
        except ClientError as error:
            if _code(error) in _MISSING:
                raise NotFoundError(f"nothing was sent as {name}") from None
            raise
        finally:
            self._client.delete_object(**place)

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
        self.incoming: dict[str, bytes] = {}

    def put(self, data: bytes, content_type: str) -> str:
        """The content key; the same bytes are kept once."""
        key = content_key(data)
        self._files[key] = PhotoFile(key, data, content_type)
        return key

    def ticket(self, community_id: str, most_bytes: int, kind: str = "image/") -> UploadTicket:
        """A name; nothing here listens for the file, a test puts it into `incoming`."""
        name = secrets.token_hex(16)
        return UploadTicket(name, "http://127.0.0.1:9/", {"key": _incoming(community_id, name)})

    def take(self, community_id: str, name: str, most_bytes: int) -> bytes:
        """What was sent, once. Raises: NotFoundError."""
        data = self.incoming.pop(_incoming(community_id, name), b"")
        if not 0 < len(data) <= most_bytes:
            raise NotFoundError(f"nothing fit was sent as {name}")
        return data

    def get(self, key: str) -> PhotoFile:
        """The photo. Raises: NotFoundError."""
        if key not in self._files:
            raise NotFoundError(f"no photo {key}")
        return self._files[key]

    def has(self, key: str) -> bool:
        """Whether the photo is kept."""
        return key in self._files


def _incoming(community_id: str, name: str) -> str:
    """Where a browser may put one file; a name that is no ticket's never becomes a path."""
    if not _TICKET.fullmatch(name):
        raise NotFoundError(f"no ticket {name}")
    return f"incoming/{community_id}/{name}"


def _checked(key: str) -> str:
    """The key; one that is no hash never leaves its folder."""
    if not _KEY.fullmatch(key):
        raise NotFoundError(f"no photo {key}")
    return key


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
