"""People as Cognito knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_ROLES = ("admin", "staff", "partner", "seller")  # the strongest group a person is in counts
_REFUSED = {"NotAuthorizedException", "UserNotFoundException", "UserNotConfirmedException"}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person whose password was right. `communities` are the ids in the pool's `custom:community`."""

    email: str
    name: str
    role: str
    communities: tuple[str, ...]
    is_active: bool = True


class CognitoPeople:
    """Asks a user pool; no password and no token of the pool is kept."""

    def __init__(self, client: CognitoIdentityProviderClient, pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool_id = pool_id
        self._client_id = client_id

    def sign_in(self, email: str, password: str) -> KnownPerson | None:
        """The person, or None when the pair is wrong, unconfirmed, unknown, or in no group."""
        try:
            self._client.initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
                ClientId=self._client_id,
            )["AuthenticationResult"]
        except KeyError:  # a challenge (first password, second factor): not signed in yet
            return None
        except ClientError as error:
            if error.response["Error"]["Code"] in _REFUSED:
                return None
            raise
        return self._known(email)

    def list(self) -> tuple[KnownPerson, ...]:
        """Everybody in a group, by e-mail. Asked group by group: a few calls, however many people there are."""
        found: dict[str, KnownPerson] = {}
        pages = self._client.get_paginator("list_users_in_group")
        for role in _ROLES:
            for page in pages.paginate(UserPoolId=self._pool_id, GroupName=role):
                for user in page["Users"]:
                    found.setdefault(user["Username"], _person(user, role))
        return tuple(sorted(found.values(), key=lambda person: person.email))

    def invite(self, person: KnownPerson) -> None:
        """The person gets an e-mail with a first password. Raises: ValueError for an address that is known."""
        try:
            self._client.admin_create_user(
                UserPoolId=self._pool_id,
                Username=person.email,
                UserAttributes=[*_facts(person), {"Name": "email", "Value": person.email}],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "UsernameExistsException":
                raise ValueError("known") from None
            raise
        self._put_in_group(person)

    def change(self, person: KnownPerson) -> None:
        """Name, communities, role, and whether the person may sign in are as given."""
        pool, name = self._pool_id, person.email
        self._client.admin_update_user_attributes(UserPoolId=pool, Username=name, UserAttributes=_facts(person))
        self._put_in_group(person)
        if person.is_active:
            self._client.admin_enable_user(UserPoolId=pool, Username=name)
        else:
            self._client.admin_disable_user(UserPoolId=pool, Username=name)

    def _put_in_group(self, person: KnownPerson) -> None:
        """The new group first: nobody is without a role in between."""
        pool, name = self._pool_id, person.email
        self._client.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=person.role)
        answer = self._client.admin_list_groups_for_user(UserPoolId=pool, Username=name)
        for group in answer["Groups"]:
            if group["GroupName"] in _ROLES and group["GroupName"] != person.role:
                self._client.admin_remove_user_from_group(UserPoolId=pool, Username=name, GroupName=group["GroupName"])

    def _known(self, email: str) -> KnownPerson | None:
        user: Any = self._client.admin_get_user(UserPoolId=self._pool_id, Username=email)
        answer = self._client.admin_list_groups_for_user(UserPoolId=self._pool_id, Username=email)
        groups = {group["GroupName"] for group in answer["Groups"]}
        role = next((role for role in _ROLES if role in groups), None)
        return _person({**user, "Attributes": user["UserAttributes"]}, role) if role else None


def _facts(person: KnownPerson) -> Any:
    return [
        {"Name": "name", "Value": person.name},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "custom:community", "Value": ",".join(person.communities)},
    ]


def _person(user: Any, role: str) -> KnownPerson:
    """A user as the pool shows one. A pool that signs in by e-mail names people by an id of its own.

    The address is in the pool's own spelling: who signs in as "Ton@…" is nobody else than "ton@…".
    """
    facts = {fact["Name"]: fact["Value"] for fact in user["Attributes"]}
    email = str(facts.get("email", user["Username"]))
    communities = tuple(part for part in facts.get("custom:community", "").split(",") if part)
    return KnownPerson(email, facts.get("name", email), role, communities, bool(user.get("Enabled", True)))
