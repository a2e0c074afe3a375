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

    def _known(self, email: str) -> KnownPerson | None:
        user: Any = self._client.admin_get_user(UserPoolId=self._pool_id, Username=email)
        facts = {fact["Name"]: fact["Value"] for fact in user["UserAttributes"]}
        answer = self._client.admin_list_groups_for_user(UserPoolId=self._pool_id, Username=email)
        groups = {group["GroupName"] for group in answer["Groups"]}
        role = next((role for role in _ROLES if role in groups), None)
        if role is None:
            return None
        communities = tuple(part for part in facts.get("custom:community", "").split(",") if part)
        return KnownPerson(email, facts.get("name", email), role, communities)
