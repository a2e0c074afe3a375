"""Twelve disasters through the real engine over real practice marketplaces: none of them does a harmful write."""

from __future__ import annotations

import importlib
from dataclasses import replace
from unittest.mock import patch

import httpx
import judge
import pytest
from disasters import CODES, DISASTERS, Disaster

from chalicelib.domain.ports import Channel
from chalicelib.web import texts
from connectors.wire import Patience, new_http
from tests.world import World, a_product, a_world

SHORT = 3
"""Rows on a page, so that a catalogue of eight products is several pages long."""


@pytest.fixture
def world():
    with a_world() as made, new_http() as http, patch("connectors.shopee.reading.PAGE", SHORT):
        lazada, shopee = _channel("lazada", http, made, products_per_page=SHORT), _channel("shopee", http, made)
        spoken = {"lazada": lazada, "shopee": shopee}
        made.ctx = replace(made.ctx, channel=spoken.__getitem__)
        for code in CODES:
            a_product(made, code)
        made.publish_all()
        judge.a_day_goes_by(made)
        yield made


def _channel(name: str, http: httpx.Client, made: World, **settings: int) -> Channel:
    parts = importlib.import_module(f"connectors.{name}.settings"), importlib.import_module(f"connectors.{name}.system")
    impatient = Patience(attempts=2, first_wait_s=0.0, longest_wait_s=0.0)
    return getattr(parts[1], name.title())(http, made.clock, parts[0].Settings(**settings), patience=impatient)


def test_there_are_twelve():
    """Each has a name of its own."""
    assert len({disaster.name for disaster in DISASTERS}) == 12


@pytest.mark.parametrize("disaster", DISASTERS, ids=lambda disaster: disaster.name)
def test_a_disaster_does_no_harmful_write_and_a_person_is_told(world: World, disaster: Disaster):
    """Price, stock, status and existence of every offer stay, nothing is written, and somebody reads why."""
    with disaster.strike(world) as told:
        before = judge.look(world)
        given_up = judge.a_day_goes_by(world)
        after = judge.look(world)
        found = judge.found_by_a_person(world) | given_up

    assert len(before.offers) >= len(world.shops) * len(CODES)
    assert judge.harm(before, after, disaster.meant) == []
    for word in disaster.tells:
        assert word in found or any(word in line for line in told), (found, told)
        if word in found:
            assert all(_is_said(language, word) for language in texts.LANGUAGES), word


def _is_said(language: str, key: str) -> bool:
    return texts.reason(language, key) != texts.reason(language, "no such key").replace("no such key", key)


BRAKED = [one for one in DISASTERS if {"price_jumps", "reprices_many", "recreates_many"} & set(one.tells)]


@pytest.mark.parametrize("disaster", BRAKED, ids=lambda disaster: disaster.name)
def test_without_brakes_the_same_judge_finds_harm(world: World, disaster: Disaster):
    """A judge that never condemns would prove nothing."""
    with disaster.strike(world), patch("chalicelib.domain.safety.check", lambda *_: None):
        before = judge.look(world)
        judge.a_day_goes_by(world)
        after = judge.look(world)

    assert len(BRAKED) == 4
    assert judge.harm(before, after, disaster.meant)
