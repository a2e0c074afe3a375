"""A look after a sale is asked for once a moment; one that could not be queued keeps no other from being asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.sync import messages, reread
from chalicelib.sync.take_orders import Taken
from tests.properties.bazaar import Square

SHOP = "test-bazaar"


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    made.send("bulk", [messages.publish_shop(SHOP)])
    made.drain()
    return made


class Broken:
    """Queues that take nothing."""

    def send(self, lane, asked, delay_s=0):
        raise ConnectionError("no queue")


def _sale(square):
    return Taken(new=("order-1",), skus=("TEA-50",), at=square.clock())


def test_a_look_that_was_not_queued_is_asked_for_by_the_next_sale(square):
    """The queue did not answer the first; the second, a moment later, is heard."""
    with pytest.raises(ConnectionError):
        reread.ask(replace(square.ctx, queues=Broken()), SHOP, _sale(square))
    reread.ask(square.ctx, SHOP, _sale(square))
    assert [message["kind"] for _, message, _ in square.sent] == ["listings"]


def test_many_sales_of_a_moment_are_one_look(square):
    """As before."""
    for _ in range(3):
        reread.ask(square.ctx, SHOP, _sale(square))
    assert len(square.sent) == 1
