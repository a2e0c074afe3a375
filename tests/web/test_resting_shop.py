"""The shop's page while its marketplace does not answer."""

from __future__ import annotations

from datetime import timedelta

from pages_world import NOW, World

from chalicelib.domain.breaker import Breaker, Circuit

SHOP, PAGE = "namphrik-tittu-lazada", "/c/namphrik-tittu/shops"


def _rests(world: World, seconds: float) -> None:
    circuit = Circuit(3, 1, NOW + timedelta(seconds=seconds))
    world.store.breakers.save(SHOP, Breaker({"down": circuit}), 0)


def test_the_card_says_when_the_shop_is_tried_again(world: World, browse):
    """In both languages, with the time of Bangkok; the other shop's card says nothing of it."""
    _rests(world, 120)
    text = browse("seller@tittu.example").get(PAGE).body.decode()
    assert text.count("ตลาดตอบไม่ได้ชั่วคราว จะลองใหม่เวลา 10:05") == 1
    english = browse("seller@tittu.example", "en").get(PAGE).body.decode()
    assert "The marketplace does not answer for the moment; trying again at 10:05" in english


def test_once_that_time_has_come_it_is_being_tried(world: World, browse):
    """No time in the past is promised."""
    _rests(world, -1)
    assert "ตลาดตอบไม่ได้ชั่วคราว กำลังลองใหม่" in browse("seller@tittu.example").get(PAGE).body.decode()


def test_a_shop_that_answers_says_nothing_of_it(world: World, browse):
    """No line at all."""
    assert "ตลาดตอบไม่ได้" not in browse("seller@tittu.example").get(PAGE).body.decode()
