"""Authorisations of one app: codes, access tokens and single-use refresh tokens, per shop.

Choices where nothing is documented: a spent refresh token answers `error_auth` "Invalid
refresh_token."; two racing refreshes leave the first winner's pair alive and the other refused.
"""

import random
from dataclasses import dataclass, field

from sandbox.shopee.errors import RefusalError

CODE_LIFE_S, ACCESS_LIFE_S, OVERLAP_S = 600, 14400, 300
REFRESH_LIFE_S, GRANT_LIFE_S = 30 * 86400, 365 * 86400


@dataclass
class Grant:
    """One seller's consent; ends at `expire_time` or when `linked` is taken away."""

    auth_time: int
    expire_time: int
    linked: bool = True


@dataclass
class Code:
    """A one-time code: the shops it opens, and the main account when it came from one."""

    shops: set[int]
    expires_at: int
    main_account: int | None = None


@dataclass
class Tokens:
    """Every code and token the app holds; a token maps each shop it serves to its last second."""

    seed: int
    grants: dict[int, Grant] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, dict[int, int]] = field(default_factory=dict)
    refresh: dict[str, dict[int, int]] = field(default_factory=dict)
    spoken: int = 0

    def consent(self, shops: list[int], now_s: int, main_account: int | None = None) -> str:
        """A one-time code for these shops, as a seller's consent gives."""
        code = self._word("code")
        self.codes[code] = Code(set(shops), now_s + CODE_LIFE_S, main_account)
        for shop_id in shops:
            self.grants[shop_id] = Grant(now_s, now_s + GRANT_LIFE_S)
        return code

    def issue(self, shops: set[int], now_s: int) -> tuple[str, str]:
        """A fresh (access, refresh) pair; earlier access tokens of these shops live 5 minutes more."""
        for old in self.access.values():
            old.update({shop: min(old[shop], now_s + OVERLAP_S) for shop in shops & old.keys()})
        access, refresh = self._word("access"), self._word("refresh")
        self.access[access] = dict.fromkeys(shops, now_s + ACCESS_LIFE_S)
        self.refresh[refresh] = dict.fromkeys(shops, now_s + REFRESH_LIFE_S)
        return access, refresh

    def exchange(
        self, code: str, shop_id: int | None, main_account: int | None, now_s: int
    ) -> dict[str, object]:
        """Answer of auth/token/get."""
        held = self.codes.get(code)
        if held is None:
            raise RefusalError("error_auth", "Invalid code")
        if held.expires_at < now_s:
            raise RefusalError("invalid_code", "Invalid code, please have a check.")
        if held.main_account is not None and main_account != held.main_account:
            raise RefusalError("invalid_main_acount_id", "Invalid main_account_id, please have a check.")
        if held.main_account is None and shop_id not in held.shops:
            raise RefusalError("invalid_shop_id", "Invalid shop_id, please have a check.")
        del self.codes[code]
        self._replace(held.shops)
        access, refresh = self.issue(held.shops, now_s)
        answer: dict[str, object] = {
            "access_token": access,
            "refresh_token": refresh,
            "expire_in": ACCESS_LIFE_S,
        }
        if held.main_account is not None:
            answer |= {"shop_id_list": sorted(held.shops), "merchant_id_list": []}
        return answer

    def rotate(self, refresh: str, shop_id: int, now_s: int) -> dict[str, object]:
        """Answer of auth/access_token/get; the spent refresh token never works again for this shop."""
        held = self.refresh.get(refresh, {})
        if shop_id not in held:
            raise RefusalError("error_auth", "Invalid refresh_token.")
        if held[shop_id] < now_s:
            raise RefusalError("refresh_token_expired", "Your refresh_token expired.")
        if why := self.why_not_linked(shop_id, now_s):
            raise RefusalError(why, "Partner and shop has no linked.")
        del held[shop_id]
        access, renewed = self.issue({shop_id}, now_s)
        return {
            "access_token": access,
            "refresh_token": renewed,
            "expire_in": ACCESS_LIFE_S,
            "shop_id": shop_id,
        }

    def shops_of(self, access: str, now_s: int) -> frozenset[int]:
        """Shops a live access token serves; empty when unknown or stale."""
        held = self.access.get(access, {})
        return frozenset(shop for shop, last_second in held.items() if last_second >= now_s)

    def why_not_linked(self, shop_id: int, now_s: int) -> str:
        """ "" while the seller's consent stands, else the code that says it does not."""
        grant = self.grants.get(shop_id)
        if grant is None or not grant.linked:
            return "shop_no_linked"
        return "shop_access_expired" if grant.expire_time < now_s else ""

    def revoke(self, shop_id: int) -> None:
        """Takes the consent away, as a seller does in the seller centre."""
        if shop_id in self.grants:
            self.grants[shop_id].linked = False

    def _replace(self, shops: set[int]) -> None:
        for held in [*self.access.values(), *self.refresh.values()]:
            for shop in shops & held.keys():
                del held[shop]

    def _word(self, kind: str) -> str:
        self.spoken += 1
        return random.Random(f"{self.seed}:{kind}:{self.spoken}").randbytes(16).hex()
