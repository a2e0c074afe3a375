"""Photos in a bucket, as S3 answers those who may list it and those who may not."""

from __future__ import annotations

import io

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.errors import NotFoundError
from chalicelib.store.photos import S3Photos, content_key

ABSENT = content_key(b"nobody kept this")
TICKET = "f" * 32


class Bucket:
    """A bucket by S3's rule: only who may list it is told 404; to everybody else a missing object is forbidden."""

    def __init__(self, may_list: bool) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.puts: list[str] = []
        self._may_list = may_list

    def put_object(self, **asked):
        self.puts.append(asked["Key"])
        self.kept[asked["Key"]] = asked["Body"], asked["ContentType"]

    def get_object(self, **asked):
        data, kind = self._found("GetObject", "NoSuchKey", asked["Key"])
        return {"Body": io.BytesIO(data), "ContentType": kind, "ContentLength": len(data)}

    def head_object(self, **asked):
        self._found("HeadObject", "404", asked["Key"])
        return {}

    def delete_object(self, **asked):
        self.kept.pop(asked["Key"], None)

    def _found(self, call, code, key):
        if key in self.kept:
            return self.kept[key]
        said = code if self._may_list else "403" if call == "HeadObject" else "AccessDenied"
        raise ClientError({"Error": {"Code": said, "Message": "said S3"}}, call)


@pytest.mark.parametrize("may_list", [True, False])
def test_a_photo_is_kept_without_asking_whether_it_is_there(may_list):
    """Its name is what it contains: the same bytes again are the same file, and its days begin anew."""
    bucket = Bucket(may_list)
    photos = S3Photos(bucket, "files", "uploads/")
    key = photos.put(b"workbook", "application/zip")
    assert photos.put(b"workbook", "application/zip") == key
    assert photos.get(key).data == b"workbook"
    assert photos.has(key)
    assert bucket.puts == [f"uploads/{key}"] * 2
    assert list(bucket.kept) == [f"uploads/{key}"]


def test_what_is_not_there_is_not_found():
    """For whoever may list the bucket, as every role of ours that reads it."""
    photos = S3Photos(Bucket(may_list=True), "files")
    assert not photos.has(ABSENT)
    with pytest.raises(NotFoundError):
        photos.get(ABSENT)
    with pytest.raises(NotFoundError):
        photos.take("village", TICKET, 100)


def test_a_role_that_may_not_list_is_loud():
    """A permission that is missing must not look like a photo that is missing."""
    photos = S3Photos(Bucket(may_list=False), "files")
    for ask in (lambda: photos.has(ABSENT), lambda: photos.get(ABSENT), lambda: photos.take("village", TICKET, 100)):
        with pytest.raises(ClientError):
            ask()
