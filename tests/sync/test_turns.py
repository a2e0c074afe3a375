"""What may wait waits: a large number a little smaller is told behind a zero."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.sync import messages
from tests.properties.bazaar import Square

SHOPS = ("test-bazaar", "test-market")
HERE, THERE = SHOPS


def _square(**units: int) -> Square:
    square = Square(SHOPS)
    for sku, count in units.items():
        square.sell(sku, count)
    square.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    square.drain()
    return square


def _sold(square: Square, sku: str, units: int = 1) -> None:
    order = square.markets[HERE].buy(sku, units)
    square.send("urgent", [messages.look_at_orders(HERE, [order.order_id])])
    square.drain_one()


def _urgent(square: Square) -> None:
    """The urgent lane is worked off, and nothing else."""
    later = [row for row in square.sent if row[0] != "urgent"]
    square.sent = [row for row in square.sent if row[0] == "urgent"]
    while square.sent and square.sent[0][0] == "urgent":
        square.drain_one()
        later += [row for row in square.sent if row[0] != "urgent"]
        square.sent = [row for row in square.sent if row[0] == "urgent"]
    square.sent = later


def test_a_large_number_a_little_smaller_does_not_queue_before_a_zero():
    """515 -> 514 goes by the bulk lane, once for the sales of a moment; the last piece is zero at once."""
    square = _square(MANY=515, LAST=1)
    square.store.policies.save("test", replace(square.ctx.policy_of("test"), split_below=0))
    square.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    square.drain()
    for _ in range(3):
        _sold(square, "MANY")
    _sold(square, "LAST")
    _urgent(square)
    there = square.markets[THERE].shown()
    assert (there["MANY"][1], there["LAST"][1]) == (515, 0)
    behind = [message for lane, message, _ in square.sent if lane == "bulk" and message["kind"] == "offers"]
    assert [message["skus"] for message in behind] == [["MANY"]]
    square.drain()
    assert square.markets[THERE].shown()["MANY"][1] == 512


def test_a_big_sale_and_a_small_number_are_told_at_once():
    """A tenth of it gone, or fewer than fifty left: nobody waits."""
    square = _square(MANY=500, FEW=50)
    _sold(square, "MANY", 60)
    _sold(square, "FEW")
    _urgent(square)
    there = square.markets[THERE].shown()
    assert (there["MANY"][1], there["FEW"][1]) == (440, 49)
