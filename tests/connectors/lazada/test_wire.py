"""What every connector's requests have in common."""

from __future__ import annotations

import httpx
import pytest

from chalicelib.domain.errors import OutcomeUnknownError, RateLimitError, TransientError
from connectors import registry
from connectors.wire import Patience, Wire, batches, side_by_side

URL = "https://shop.example/x"


def a_wire(answer, waits=None, **patience) -> Wire:
    """A wire whose requests are all answered like this; waits are noted instead of waited."""

    def reply(request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    http = httpx.Client(transport=httpx.MockTransport(reply))
    return Wire("bazaar", http, Patience(**patience), sleep=(waits if waits is not None else []).append)


SENT = [httpx.ReadTimeout("x"), httpx.WriteError("x"), httpx.RemoteProtocolError("x"), httpx.Response(500)]
NOT_SENT = [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]


@pytest.mark.parametrize("trouble", SENT)
def test_a_write_without_an_answer_is_unknown_and_a_read_may_be_tried_again(trouble):
    """The request left: a write may have worked."""
    with pytest.raises(OutcomeUnknownError):
        a_wire(trouble).send("POST", URL, is_write=True)
    with pytest.raises(TransientError):
        a_wire(trouble).send("GET", URL, is_write=False)


@pytest.mark.parametrize("trouble", NOT_SENT)
def test_what_never_left_wrote_nothing(trouble):
    """Nobody took the connection."""
    with pytest.raises(TransientError):
        a_wire(trouble).send("POST", URL, is_write=True)


@pytest.mark.parametrize("text", ["", "<html>", "[]", '"x"', "\xff"])
def test_no_json_object_is_no_answer(text):
    """Whatever else came back, it says nothing about the outcome."""
    wire = a_wire(httpx.Response(200, content=text.encode("latin-1")))
    response = wire.send("POST", URL, is_write=True)

    with pytest.raises(OutcomeUnknownError):
        wire.json(response, is_write=True)


def test_http_429_says_how_long_to_wait():
    """The header's number is kept; without one, a second."""
    with pytest.raises(RateLimitError) as told:
        a_wire(httpx.Response(429, headers={"retry-after": "7"})).send("POST", URL, is_write=True)
    with pytest.raises(RateLimitError) as silent:
        a_wire(httpx.Response(429)).send("POST", URL, is_write=True)

    assert (told.value.retry_after_s, silent.value.retry_after_s) == (7.0, 1.0)


def test_a_read_waits_as_long_as_it_was_asked_to():
    """Three attempts, two waits, each at least what the channel said."""
    waits: list[float] = []
    wire = a_wire(httpx.Response(429, headers={"retry-after": "2"}), waits, attempts=3)

    with pytest.raises(RateLimitError):
        wire.read(lambda: wire.send("GET", URL, is_write=False))

    assert wire.calls == 3
    assert len(waits) == 2
    assert all(wait >= 2.0 for wait in waits)


def test_a_long_ban_is_not_sat_out():
    """A wait beyond the patience goes back to the queue at once."""
    wire = a_wire(httpx.Response(429, headers={"retry-after": "3600"}))

    with pytest.raises(RateLimitError):
        wire.read(lambda: wire.send("GET", URL, is_write=False))

    assert wire.calls == 1


def test_rows_are_cut_in_order_and_worked_in_order():
    """Batches keep the order, and so does work done side by side."""
    assert batches(range(5), 2) == [[0, 1], [2, 3], [4]]
    assert side_by_side(lambda row: row * 2, range(20)) == [row * 2 for row in range(20)]


def test_the_registry_knows_its_channels():
    """Each name opens a channel of that name; another name is refused."""
    assert [registry.channel(name).name for name in registry.names()] == list(registry.names())
    with pytest.raises(KeyError):
        registry.channel("bazaar")


@pytest.mark.parametrize(("left_s", "waited_s"), [(100.0, 30.0), (20.0, 15.0), (6.0, 3.0)])
def test_no_answer_is_waited_for_beyond_the_time_of_the_worker(left_s, waited_s):
    """A worker that dies waiting could note nothing."""
    seen = []

    def reply(request):
        seen.append(request.extensions["timeout"]["read"])
        return httpx.Response(200)

    http = httpx.Client(transport=httpx.MockTransport(reply))
    Wire("bazaar", http, remaining_s=lambda: left_s).send("GET", URL, is_write=False)
    assert seen == [waited_s]


def test_a_read_is_not_tried_again_when_the_time_is_over():
    """One try, and the message goes back to the queue."""
    tries = []

    def reply(request):
        tries.append(request)
        raise httpx.ReadTimeout("x")

    wire = Wire("bazaar", httpx.Client(transport=httpx.MockTransport(reply)), remaining_s=lambda: 4.0)
    with pytest.raises(TransientError):
        wire.read(lambda: wire.send("GET", URL, is_write=False))
    assert len(tries) == 1
