"""Vaults: what is sealed opens only where it belongs, and is asked for as seldom as possible."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.store.vault import LONGEST_TEXT, KmsVault, PlainVault, RememberingVault, SealBrokenError

HERE, THERE = {"use": "tokens", "shop": "a"}, {"use": "tokens", "shop": "b"}


@pytest.fixture
def kms():
    with mock_aws():
        yield boto3.client("kms", region_name="ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture(params=["kms", "plain"])
def vault(request):
    if request.param == "plain":
        return PlainVault()
    kms = request.getfixturevalue("kms")
    return KmsVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])


class CountingVault(PlainVault):
    """Counts what it is asked."""

    def __init__(self):
        self.opened = 0

    def open(self, sealed, context):
        self.opened += 1
        return super().open(sealed, context)


def test_a_sealed_text_opens_with_its_context(vault):
    """Thai letters included, and in whatever order the context is said."""
    sealed = vault.seal("นภา ใจดี", HERE)

    assert vault.open(sealed, dict(reversed(HERE.items()))) == "นภา ใจดี"


def test_a_sealed_text_opens_nowhere_else(vault):
    """A row copied to another shop says nothing there."""
    with pytest.raises(SealBrokenError):
        vault.open(vault.seal("secret", HERE), THERE)


def test_a_damaged_seal_does_not_open(vault):
    """A blob that was cut short is no text."""
    sealed = vault.seal("secret", HERE)

    with pytest.raises(SealBrokenError):
        vault.open(sealed[:-4], HERE)


def test_a_text_has_a_longest_size(vault):
    """What KMS takes in one call, counted in bytes."""
    assert vault.open(vault.seal("x" * LONGEST_TEXT, HERE), HERE) == "x" * LONGEST_TEXT
    with pytest.raises(ValueError, match="too long"):
        vault.seal("ก" * (LONGEST_TEXT // 3 + 1), HERE)


def test_kms_hides_the_text(kms):
    """The sealed bytes do not contain it."""
    vault = KmsVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])

    assert b"very-secret" not in vault.seal("very-secret", HERE)


def test_a_key_that_is_not_ours_is_loud(kms):
    """A missing key or permission is no broken seal."""
    with pytest.raises(ClientError):
        KmsVault(kms, "alias/nobody").seal("x", HERE)


def test_a_remembering_vault_asks_once():
    """What it sealed or opened here is not asked again; the context still counts."""
    inside = CountingVault()
    vault = RememberingVault(inside)
    sealed, foreign = vault.seal("one", HERE), PlainVault().seal("two", HERE)

    assert [vault.open(sealed, HERE), vault.open(foreign, HERE), vault.open(foreign, HERE)] == ["one", "two", "two"]
    assert inside.opened == 1
    with pytest.raises(SealBrokenError):
        vault.open(sealed, THERE)


def test_a_remembering_vault_forgets_the_oldest():
    """Memory stays bounded; what was used lately stays."""
    inside = CountingVault()
    vault = RememberingVault(inside, at_most=2)
    sealed = [vault.seal(text, HERE) for text in ("a", "b")]
    vault.open(sealed[0], HERE)
    vault.seal("c", HERE)

    assert vault.open(sealed[0], HERE) == "a"
    assert inside.opened == 0
    assert vault.open(sealed[1], HERE) == "b"
    assert inside.opened == 1
