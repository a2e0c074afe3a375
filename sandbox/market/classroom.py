"""Class mode: refused calls are kept with a hint in plain Thai and English, for the page `/class`."""

import json
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.market.market import Market

KEPT, LONGEST, MOST_BYTES = 40, 240, 500_000
PRESET = ("ร้านฝึก 1", "ร้านฝึก 2", "ร้านฝึก 3")


@dataclass(frozen=True)
class Hint:
    """What such a refusal means and what to look at, in both languages."""

    th: str
    look_th: str
    en: str
    look_en: str


OTHERWISE = Hint(
    "ตลาดไม่รับคำสั่งนี้", "อ่านข้อความของตลาดด้านล่าง แล้วเทียบกับค่าที่ส่งไป",
    "The marketplace refused this call.", "Read its own words below and compare them with what was sent.",
)  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """One refused call, without anything secret."""

    at: float
    path: str
    shop: str
    code: str
    said: str
    hint: Hint


class Classroom:
    """Off until asked for; then remembers the latest refused calls."""

    def __init__(self) -> None:
        self.hints = False
        self.refused: deque[Refused] = deque(maxlen=KEPT)

    def start(self, market: "Market", hints: bool, names: Iterable[tuple[str, str]]) -> None:
        """An empty marketplace with exactly these shops; hints are kept or not."""
        wanted = list(names)
        market.reset(market.seed)
        for shop in [shop for shop in market.shops.values() if shop.name not in {name for name, _ in wanted}]:
            del market.shops[shop.shop_id]
        for name, name_th in wanted:
            market.open_shop(name, name_th or name)
        self.hints = hints

    def forget(self) -> None:
        """No refused call is kept."""
        self.refused.clear()

    def note(self, market: "Market", path: str, shop_id: str | None, answer: Any) -> None:
        """Every refusal in this answer is kept, newest first."""
        shop = market.shops.get(shop_id or "")
        for code, said in market.refusals(answer) if isinstance(answer, dict) else ():
            hint = market.hints.get(code) or market.hints.get(code.rpartition(".")[2]) or OTHERWISE
            words = without_secrets(market, said)[:LONGEST]
            name = shop.title if shop else ""
            self.refused.appendleft(Refused(market.clock.now(), path, name, code, words, hint))

    def rows(self) -> list[dict[str, Any]]:
        """What the control surface shows."""
        return [asdict(one) for one in self.refused]


def without_secrets(market: "Market", text: str) -> str:
    """The text with every key and token of this marketplace blotted out."""
    grants = [grant for shop in market.shops.values() for grant in shop.grants]
    secrets = {market.app_secret, market.push_key}
    secrets |= {token for grant in grants for token in (grant.access_token, grant.refresh_token)}
    for secret in filter(None, secrets):
        text = text.replace(secret, "•••")
    return text


def listening(
    done: Callable[[Any], None], send: Callable[[MutableMapping[str, Any]], Any]
) -> Callable[[MutableMapping[str, Any]], Any]:
    """`send`, with `done` told of a JSON answer once it is whole."""
    parts: list[bytes] = []

    async def heard(message: MutableMapping[str, Any]) -> None:
        await send(message)
        if message["type"] != "http.response.body":
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            whole = b"".join(parts)
            if whole[:1] == b"{" and len(whole) < MOST_BYTES:
                done(json.loads(whole))

    return heard
