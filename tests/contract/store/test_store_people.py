"""People of a Cognito pool: invited, listed, moved between roles, switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.domain.people import MustChoose, PasswordRefusedError, Refusal
from chalicelib.store.people import CognitoPeople, KnownPerson

TON = KnownPerson("ton@example.org", "พี่ต้น", "partner", ("kratip",))


FIRST, OWN = "first-from-letter", "rice and mango"
WRONG_CODE = "moto-confirmation-code:0"  # moto compares only what looks like a code of its own
LENGTH_ONLY = {
    "MinimumLength": 10,
    **{f"Require{kind}": False for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")},
}


class Pool:
    """The pool as its owner sees it: letters that went out, and passwords the office sets by hand."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("cognito-idp", region_name="ap-southeast-1")
        schema = [{"Name": "community", "AttributeDataType": "String", "Mutable": True}]
        made = self.client.create_user_pool(
            PoolName="p", UsernameAttributes=["email"], Schema=schema, Policies={"PasswordPolicy": LENGTH_ONLY}
        )
        self.id: str = made["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = self.client.create_user_pool_client(UserPoolId=self.id, ClientName="web", ExplicitAuthFlows=flows)
        self.people = CognitoPeople(self.client, self.id, client["UserPoolClient"]["ClientId"])
        self.letters: list[tuple[str, dict[str, Any]]] = []
        self.codes: list[str] = []
        for group in ("admin", "staff", "partner", "seller"):
            self.client.create_group(UserPoolId=self.id, GroupName=group)
        self.client.meta.events.register("before-parameter-build.cognito-idp.*", self._note)
        self.client.meta.events.register("after-call.cognito-idp.ForgotPassword", self._read)

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        if model.name in ("AdminCreateUser", "ForgotPassword"):
            self.letters.append((model.name, dict(params)))

    def _read(self, http_response: Any, **_: object) -> None:
        self.codes.append(http_response.headers["x-moto-forgot-password-confirmation-code"])

    def first_password(self, email: str) -> None:
        """The first password is this one instead of the one in the letter, which nobody here can read."""
        self.client.admin_set_user_password(UserPoolId=self.id, Username=email, Password=FIRST, Permanent=False)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool with the four groups."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Pool()


@pytest.fixture
def people(pool: Pool) -> CognitoPeople:
    return pool.people


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


def test_a_first_password_is_replaced_and_then_opens_the_door(pool: Pool, people: CognitoPeople) -> None:
    """Who was invited chooses a password of their own; the one from the letter is worth nothing any more."""
    people.invite(TON)
    pool.first_password(TON.email)
    asked = people.sign_in(TON.email, FIRST)
    assert isinstance(asked, MustChoose)
    assert asked.ticket
    assert people.sign_in(TON.email, "wrong password") is None

    assert people.choose(asked, OWN) == TON
    assert people.sign_in(TON.email, OWN) == TON
    assert people.sign_in(TON.email, FIRST) is None


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("NotAuthorizedException", Refusal.TOO_LATE),
        ("InvalidPasswordException", Refusal.TOO_WEAK),
        ("LimitExceededException", Refusal.TOO_OFTEN),
    ],
)
def test_what_cognito_says_of_a_new_password_has_words_of_ours(
    pool: Pool, people: CognitoPeople, code: str, refusal: Refusal
) -> None:
    """A ticket that is over, a password its rule refuses, too many tries: each is one answer, none a failure."""
    with Stubber(pool.client) as cognito:
        cognito.add_client_error("respond_to_auth_challenge", code)
        with pytest.raises(PasswordRefusedError) as refused:
            people.choose(MustChoose(TON.email, TON.email, "x" * 40), OWN)
    assert refused.value.refusal is refusal


def test_a_forgotten_password_is_replaced_with_the_code_from_the_letter(pool: Pool, people: CognitoPeople) -> None:
    """Another code does nothing; after it the new password holds, and the old one does not."""
    people.invite(TON)
    pool.client.admin_set_user_password(UserPoolId=pool.id, Username=TON.email, Password=OWN, Permanent=True)
    people.send_code(TON.email)
    with pytest.raises(PasswordRefusedError) as refused:
        people.replace_password(TON.email, WRONG_CODE, "mango and rice")
    assert refused.value.refusal is Refusal.WRONG_CODE

    people.replace_password(TON.email, pool.codes[-1], "mango and rice")
    assert people.sign_in(TON.email, "mango and rice") == TON
    assert people.sign_in(TON.email, OWN) is None


def test_who_never_chose_a_password_gets_the_invitation_again(pool: Pool, people: CognitoPeople) -> None:
    """Cognito gives such a person no code; somebody unknown or switched off gets no letter, and nobody is told."""
    people.invite(TON)
    people.send_code(TON.email)
    assert pool.letters[-1][0] == "AdminCreateUser"
    assert pool.letters[-1][1]["MessageAction"] == "RESEND"
    count = len(pool.letters)

    people.send_code("nobody@example.org")
    people.change(replace(TON, is_active=False))
    people.send_code(TON.email)
    assert len(pool.letters) == count


def test_a_password_the_office_took_away_asks_for_a_code(pool: Pool, people: CognitoPeople) -> None:
    """The person is led to the code instead of being told that the pair is wrong."""
    with Stubber(pool.client) as cognito:  # moto lets such a person in
        cognito.add_client_error("initiate_auth", "PasswordResetRequiredException")
        assert people.sign_in(TON.email, OWN) == MustChoose(TON.email)


def test_somebody_the_pool_knows_without_a_role_is_given_it(pool: Pool, people: CognitoPeople) -> None:
    """Made by hand, or an invitation that stopped half way: inviting makes it whole and writes again."""
    facts = [{"Name": "email", "Value": TON.email}]
    pool.client.admin_create_user(UserPoolId=pool.id, Username=TON.email, UserAttributes=facts)
    people.invite(TON)

    assert people.list() == (TON,)
    assert pool.letters[-1][1]["MessageAction"] == "RESEND"
