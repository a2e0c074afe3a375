"""People as Cognito knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.people import MustChoose, PasswordRefusedError, Refusal

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_ROLES = ("admin", "staff", "partner", "seller")  # the strongest group a person is in counts
_REFUSED = {
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "InvalidParameterException",  # what is no address, a blank in it for one
}
_REFUSALS = {
    "InvalidPasswordException": Refusal.TOO_WEAK,
    "InvalidParameterException": Refusal.TOO_WEAK,
    "CodeMismatchException": Refusal.WRONG_CODE,
    "ExpiredCodeException": Refusal.WRONG_CODE,
    "UserNotFoundException": Refusal.WRONG_CODE,
    "NotAuthorizedException": Refusal.TOO_LATE,
    "LimitExceededException": Refusal.TOO_OFTEN,
    "TooManyFailedAttemptsException": Refusal.TOO_OFTEN,
    "TooManyRequestsException": Refusal.TOO_OFTEN,
}
"""Cognito's code -> why a new password was not taken."""


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

    def sign_in(self, email: str, password: str) -> KnownPerson | MustChoose | None:
        """The person, or None when the pair is wrong, unconfirmed, unknown, or in no group; or a first password."""
        try:
            answer = self._client.initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
                ClientId=self._client_id,
            )
        except ClientError as error:
            if _code(error) == "PasswordResetRequiredException":
                return MustChoose(email)
            if _code(error) in _REFUSED:
                return None
            raise
        if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            facts = answer["ChallengeParameters"]
            return MustChoose(email, facts.get("USER_ID_FOR_SRP") or email, answer["Session"])
        return self._known(email) if "AuthenticationResult" in answer else None

    def choose(self, asked: MustChoose, password: str) -> KnownPerson | None:
        """The first password is replaced and the person signed in; None for somebody in no group.

        Raises: PasswordRefusedError.
        """
        try:
            self._client.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=asked.ticket,
                ChallengeResponses={"USERNAME": asked.name, "NEW_PASSWORD": password},
            )
        except ClientError as error:
            raise _refused(error) from None
        return self._known(asked.email)

    def send_code(self, email: str) -> None:
        """Who has an account here gets a letter: a code, or anew a first password where none was chosen yet.

        Nothing tells whether there is such an account. Raises: PasswordRefusedError when it was asked too often.
        """
        try:
            user = self._client.admin_get_user(UserPoolId=self._pool_id, Username=email)
            # Cognito gives no code to somebody who never chose a password: the invitation has to come again.
            if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
                if user["Enabled"]:
                    self._send_invitation_again(email)
                return
            self._client.forgot_password(ClientId=self._client_id, Username=email)
        except ClientError as error:
            if _refused(error).refusal is Refusal.TOO_OFTEN:
                raise _refused(error) from None

    def replace_password(self, email: str, code: str, password: str) -> None:
        """The password is the new one, when the code is the one that came by e-mail. Raises: PasswordRefusedError."""
        try:
            self._client.confirm_forgot_password(
                ClientId=self._client_id, Username=email, ConfirmationCode=code, Password=password
            )
        except ClientError as error:
            refusal = _refused(error)
            # Not authorised here is somebody for whom no code was made: the same sentence as for a wrong one.
            late = refusal.refusal is Refusal.TOO_LATE
            raise (PasswordRefusedError(Refusal.WRONG_CODE) if late else refusal) from None

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
        """The person gets an e-mail with a first password.

        Somebody whom the pool knows without a role (made by hand, or an invitation that stopped half way) is given it.
        Raises: ValueError for an address that has a role.
        """
        try:
            self._client.admin_create_user(
                UserPoolId=self._pool_id,
                Username=person.email,
                UserAttributes=[*_facts(person), {"Name": "email", "Value": person.email}],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except ClientError as error:
            if _code(error) != "UsernameExistsException":
                raise
            self._finish_invitation(person)
            return
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

    def _finish_invitation(self, person: KnownPerson) -> None:
        if self._known(person.email) is not None:
            raise ValueError("known")
        self.change(person)
        user = self._client.admin_get_user(UserPoolId=self._pool_id, Username=person.email)
        if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            self._send_invitation_again(person.email)

    def _send_invitation_again(self, email: str) -> None:
        """A letter with a new first password, valid as long as the one before was."""
        self._client.admin_create_user(
            UserPoolId=self._pool_id, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )

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


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _refused(error: ClientError) -> PasswordRefusedError:
    """Why a password was not taken, in our words. Raises: the error itself when it is about something else."""
    if _code(error) not in _REFUSALS:
        raise error
    return PasswordRefusedError(_REFUSALS[_code(error)])
