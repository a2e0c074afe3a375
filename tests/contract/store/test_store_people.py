"""People of a Cognito pool: invited, listed, moved between roles, switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from chalicelib.store.people import CognitoPeople, KnownPerson

TON = KnownPerson("ton@example.org", "พี่ต้น", "partner", ("kratip",))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Iterator[CognitoPeople]:
    """A pool with the four groups."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("cognito-idp", region_name="ap-southeast-1")
        schema = [{"Name": "community", "AttributeDataType": "String", "Mutable": True}]
        pool = client.create_user_pool(PoolName="p", UsernameAttributes=["email"], Schema=schema)["UserPool"]["Id"]
        for group in ("admin", "staff", "partner", "seller"):
            client.create_group(UserPoolId=pool, GroupName=group)
        yield CognitoPeople(client, pool, "none")


def test_an_invited_person_is_in_the_list_with_role_and_communities(people: CognitoPeople) -> None:
    """The same address cannot be invited twice."""
    people.invite(TON)
    assert people.list() == (TON,)
    with pytest.raises(ValueError, match="known"):
        people.invite(TON)


def test_a_changed_person_has_one_role_and_may_be_switched_off_and_on(people: CognitoPeople) -> None:
    """The old role is gone with the new one."""
    people.invite(TON)
    changed = replace(TON, name="ต้น", role="seller", communities=("kratip", "saima"), is_active=False)
    people.change(changed)
    assert people.list() == (changed,)
    people.change(replace(changed, is_active=True))
    assert people.list()[0].is_active


def test_everybody_is_listed_however_many_there_are(people: CognitoPeople) -> None:
    """A person on the third page can be switched off like the first."""
    many = [replace(TON, email=f"p{number:03}@example.org") for number in range(130)]
    for one in many:
        people.invite(one)

    assert [one.email for one in people.list()] == [one.email for one in many]
