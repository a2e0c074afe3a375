"""Secrets: sealed before they are stored, opened only where they are needed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

Context = Mapping[str, str]
"""What a sealed text belongs to (a shop, an order); it opens only with the same words. Not secret."""

LONGEST_TEXT = 4096
"""Bytes (UTF-8) KMS seals in one call."""


class SealBrokenError(Exception):
    """The sealed text is damaged or belongs to something else."""


class Vault(Protocol):
    """Seals texts and opens them again."""

    def seal(self, text: str, context: Context) -> bytes:
        """The text, unreadable without the vault. Raises: ValueError over `LONGEST_TEXT` bytes."""

    def open(self, sealed: bytes, context: Context) -> str:
        """The text that was sealed with this context. Raises: SealBrokenError."""


class KmsVault:
    """A vault whose key never leaves AWS KMS: one call for each text sealed or opened.

    The context is KMS's encryption context, so a row copied to another shop does not open there, and the
    trail of the key names the shop of every use.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(self, text: str, context: Context) -> bytes:
        """The text, sealed with the key and the context."""
        answer = self._client.encrypt(KeyId=self._key_id, Plaintext=_bytes_of(text), EncryptionContext=dict(context))
        return answer["CiphertextBlob"]

    def open(self, sealed: bytes, context: Context) -> str:
        """The text. Raises: SealBrokenError when the blob or the context is another."""
        try:
            answer = self._client.decrypt(CiphertextBlob=sealed, EncryptionContext=dict(context), KeyId=self._key_id)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("InvalidCiphertextException", "IncorrectKeyException"):
                raise SealBrokenError(_names(context)) from None
            raise
        return answer["Plaintext"].decode()


class PlainVault:
    """No encryption at all: the same manners without a key, for tests and simulations only."""

    _MARK = b"plain:"

    def seal(self, text: str, context: Context) -> bytes:
        """The text and its context, readable by anybody."""
        return self._MARK + json.dumps([dict(context), _bytes_of(text).decode()]).encode()

    def open(self, sealed: bytes, context: Context) -> str:
        """The text. Raises: SealBrokenError when the blob or the context is another."""
        try:
            said, text = json.loads(sealed.removeprefix(self._MARK))
        except ValueError:
            raise SealBrokenError(_names(context)) from None
        if said != dict(context):
            raise SealBrokenError(_names(context))
        return str(text)


class RememberingVault:
    """A vault that remembers in this process what it lately sealed or opened: tokens are read on every job.

    Not for buyers' details, which should leave memory with the request that needed them.
    """

    def __init__(self, vault: Vault, at_most: int = 500) -> None:
        self._vault = vault
        self._at_most = at_most
        self._known: OrderedDict[tuple[bytes, str], str] = OrderedDict()
        self._lock = Lock()

    def seal(self, text: str, context: Context) -> bytes:
        """Sealed by the vault inside."""
        sealed = self._vault.seal(text, context)
        self._remember((sealed, _names(context)), text)
        return sealed

    def open(self, sealed: bytes, context: Context) -> str:
        """From memory when it was seen here with this context, else from the vault inside."""
        place = (sealed, _names(context))
        with self._lock:
            if place in self._known:
                self._known.move_to_end(place)
                return self._known[place]
        text = self._vault.open(sealed, context)
        self._remember(place, text)
        return text

    def _remember(self, place: tuple[bytes, str], text: str) -> None:
        with self._lock:
            self._known[place] = text
            while len(self._known) > self._at_most:
                self._known.popitem(last=False)


def _bytes_of(text: str) -> bytes:
    data = text.encode()
    if len(data) > LONGEST_TEXT:
        raise ValueError(f"too long to seal: {len(data)} bytes, at most {LONGEST_TEXT}")
    return data


def _names(context: Context) -> str:
    return json.dumps(dict(context), sort_keys=True)
