"""Pushes Shopee could not deliver: kept three days for the whole app, in batches of a hundred."""

from __future__ import annotations

from chalicelib.domain import ports
from chalicelib.domain.shops import ShopAccess
from connectors.shopee import answers, answers_app, push
from connectors.shopee.client import Call, Sender

PATH = "push/get_lost_push_message"
CONFIRM_PATH = "push/confirm_consumed_lost_push_message"


class LostPushes:
    """Reads the earliest hundred; the watermark moves only when told to."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}

    def read(self, sender: Sender) -> tuple[ports.PushReading, ...]:
        """The earliest unconfirmed pushes, at most a hundred; ask again after confirming them."""
        reply = sender.wire.read(lambda: sender.once(Call(PATH, public=True)))
        page = answers.read(answers_app.LostPushPage, reply.payload, PATH, reply.request_id)
        key = _key(sender.access)
        self._last.pop(key, None)
        if page.push_message_list:
            self._last[key] = page.last_message_id
        return tuple(push.read_lost(row) for row in page.push_message_list)

    def confirm(self, sender: Sender) -> None:
        """Everything `read` answered last is acknowledged; without such an answer nothing is sent."""
        last = self._last.get(_key(sender.access))
        if last is None:
            return
        # Everything up to an id is acknowledged, so a second time changes nothing.
        call = Call(CONFIRM_PATH, body={"last_message_id": last}, public=True)
        sender.wire.read(lambda: sender.once(call))
        self._last.pop(_key(sender.access), None)


def _key(access: ShopAccess) -> tuple[str, str]:
    return access.app.app_key, access.base_url
