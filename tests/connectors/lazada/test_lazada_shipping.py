"""Packing, ready to ship, parcels and labels, against the practice marketplace."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from lazada_shop import COLOUR, PracticeShop, Scripted, a_listing, ok, refused

from chalicelib.domain.errors import (
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.shipping import HandOver, Parcel, ParcelState, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.lazada import convert_orders, convert_parcels

TFS = ShippingChoice("TFS", HandOver.CHANNEL_DECIDES, "LEX TH")
A_PARCEL = Parcel("900100200300401", "FP1", ParcelState.ARRANGED, ("1",))


@pytest.fixture
def selling(practice: PracticeShop) -> PracticeShop:
    """A practice shop that sells scarves."""
    practice.publish(a_listing(axes=(COLOUR,)))
    return practice


def test_lazada_decides_who_carries(selling):
    """A local shop has one way: the carrier is Lazada's to choose."""
    (choice,) = selling.shop.shipping_choices(selling.buy(("SCARF-1", 1)))

    assert (choice.id, choice.how, choice.carrier) == ("TFS", HandOver.CHANNEL_DECIDES, "LEX TH")


def test_a_cross_border_shop_names_its_carrier():
    """Each carrier is a choice, handed back by its code."""
    data = {
        "platform_default": 0,
        "shipping_allocate_type": "NTFS",
        "shipment_providers": [{"name": "A", "provider_code": "FM50"}, {"name": "B", "provider_code": "FM51"}],
    }
    shop = Scripted(orders(providers=data))

    choices = shop.shop.shipping_choices("900100200300401")

    assert [choice.id for choice in choices] == ["NTFS:FM50", "NTFS:FM51"]
    assert convert_parcels.choice_said(choices[1]) == {
        "shipping_allocate_type": "NTFS",
        "shipment_provider_code": "FM51",
    }


def test_an_order_is_packed_into_one_parcel(selling):
    """Lines of one warehouse share a package, which has a tracking number at once."""
    order_id = selling.buy(("SCARF-1", 1), ("SCARF-2", 1))

    (parcel,) = selling.shop.pack(order_id, (), TFS)

    assert (parcel.state, len(parcel.line_ids), parcel.carrier) == (ParcelState.ARRANGED, 2, "LEX TH")
    assert parcel.tracking_number
    assert selling.shop.parcels(order_id) == (parcel,)


def test_named_lines_are_packed_and_the_others_wait(selling):
    """What is not named stays to be packed."""
    order_id = selling.buy(("SCARF-1", 2))
    first, second = (line.line_id for line in selling.shop.orders_by_id([order_id])[0].lines)

    (parcel,) = selling.shop.pack(order_id, (first,), TFS)

    assert parcel.line_ids == (first,)
    (rest,) = selling.shop.pack(order_id, (), TFS)
    assert rest.line_ids == (second,)
    assert len(selling.shop.parcels(order_id)) == 2


def test_a_lost_answer_to_packing_shows_in_the_parcels(selling):
    """Whether it worked is looked up, never guessed; a second pack is stale, not a crash."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.fault("drop_after", "/order/fulfill/pack")

    with pytest.raises(OutcomeUnknownError):
        selling.shop.pack(order_id, (), TFS)

    (parcel,) = selling.shop.parcels(order_id)
    assert parcel.state is ParcelState.ARRANGED
    with pytest.raises(StaleError):
        selling.shop.pack(order_id, parcel.line_ids, TFS)
    assert selling.calls("/order/fulfill/pack") == 1


def test_a_pack_that_never_arrived_left_no_parcel(selling):
    """The same unknown outcome, and nothing happened."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.fault("drop_before", "/order/fulfill/pack")

    with pytest.raises(OutcomeUnknownError):
        selling.shop.pack(order_id, (), TFS)

    assert selling.shop.parcels(order_id) == ()
    assert len(selling.shop.pack(order_id, (), TFS)) == 1


def test_lines_that_could_not_be_packed_are_in_no_parcel(selling):
    """Success is told line by line: what was packed is answered, the rest can be packed later."""
    order_id = selling.buy(("SCARF-1", 2))
    selling.fault("partial", "/order/fulfill/pack")

    (parcel,) = selling.shop.pack(order_id, (), TFS)

    assert len(parcel.line_ids) == 1
    assert len(selling.shop.pack(order_id, (), TFS)) == 1


def test_an_order_that_is_sent_has_nothing_to_pack(selling):
    """The world moved: look again."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.sim(f"orders/{order_id}/advance", to="shipped")

    with pytest.raises(StaleError):
        selling.shop.shipping_choices(order_id)
    with pytest.raises(StaleError):
        selling.shop.pack(order_id, (), TFS)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("700026", StaleError), ("700029", StaleError), ("700023", RejectedError), ("700024", OutcomeUnknownError),
     ("1003", OutcomeUnknownError), ("799999", ProtocolSurpriseError)],
)  # fmt: skip
def test_a_refused_line_is_an_error_of_the_table(code, kind):
    """A code inside an accepted answer counts like one outside; an unknown one is loud."""
    line = {"order_item_id": 1, "item_err_code": code, "msg": "no", "package_id": "", "tracking_number": ""}
    shop = Scripted(orders(packed=[line]))

    with pytest.raises(kind) as caught:
        shop.shop.pack("900100200300401", (), TFS)

    assert type(caught.value) is kind


@pytest.mark.parametrize("spelling", [("error_code", "error_msg"), ("errorCode", "errorMsg")])
def test_no_success_is_read_in_both_spellings(spelling):
    """The gateway says 0, the result says no."""
    result = {"success": "false", spelling[0]: "700021", spelling[1]: "order not found"}
    shop = Scripted(lambda path, said: ok([an_item()]) if path.endswith("items/get") else ok(result=result))

    with pytest.raises(StaleError) as caught:
        shop.shop.pack("900100200300401", (), TFS)

    assert (caught.value.code, "not found" in caught.value.message) == ("700021", True)


def test_laz_019_what_lazada_ships_itself_is_not_packed():
    """Lines in Lazada's own warehouse are left out; an order of nothing else is not ours to pack."""
    mixed = [an_item(), an_item(order_item_id=2, is_fbl="1", package_id="FBL-9", status="packed")]
    shop = Scripted(orders(items=mixed, packed=[a_packed_line()]))
    only = Scripted(orders(items=[an_item(is_fbl=1)]))

    (parcel,) = shop.shop.pack("900100200300401", (), TFS)

    assert parcel.line_ids == ("1",)
    assert shop.shop.parcels("900100200300401") == ()
    with pytest.raises(StaleError) as caught:
        only.shop.shipping_choices("900100200300401")
    assert caught.value.user_key == "lazada.fbl"


def test_every_status_of_an_order_is_one_of_a_parcel():
    """The two tables know the same words."""
    assert set(convert_parcels.STATES) == set(convert_orders.STATES)


def test_parcels_are_told_ready_and_stand_so(selling):
    """One outcome per parcel; those past this step are not told again."""
    order_id = selling.buy(("SCARF-1", 1))
    parcels = selling.shop.pack(order_id, (), TFS)

    (told,) = selling.shop.ready_to_ship(parcels)
    (again,) = selling.shop.ready_to_ship(selling.shop.parcels(order_id))

    assert (told.subject, told.state) == (parcels[0].package_id, EntryState.ACCEPTED)
    assert again.state is EntryState.ACCEPTED
    assert selling.shop.parcels(order_id)[0].state is ParcelState.READY
    assert selling.calls("/order/package/rts") == 1


def test_a_lost_answer_to_ready_to_ship_is_unknown_and_then_seen(selling):
    """The parcels tell what happened."""
    order_id = selling.buy(("SCARF-1", 1))
    parcels = selling.shop.pack(order_id, (), TFS)
    selling.fault("drop_after", "/order/package/rts")

    (told,) = selling.shop.ready_to_ship(parcels)

    assert told.state is EntryState.UNKNOWN
    assert selling.shop.parcels(order_id)[0].state is ParcelState.READY


def test_parcels_go_twenty_a_call_and_one_refusal_holds_back_no_other(selling):
    """The last of a call is busy, one is unknown to Lazada; the others are told."""
    order_id = selling.buy(("SCARF-1", 2))
    lines = [line.line_id for line in selling.shop.orders_by_id([order_id])[0].lines]
    (one,) = selling.shop.pack(order_id, lines[:1], TFS)
    (other,) = selling.shop.pack(order_id, lines[1:], TFS)
    strangers = tuple(Parcel(order_id, f"FPX{n}", ParcelState.ARRANGED, ()) for n in range(20))

    told = selling.shop.ready_to_ship((one, *strangers, other))

    assert [row.state for row in told].count(EntryState.ACCEPTED) == 2
    assert {(row.code, row.error) for row in told[1:21]} == {("600001", "error.stale")}
    assert selling.calls("/order/package/rts") == 2


def test_a_label_is_the_pdf_itself(selling):
    """The link would be dead in ten minutes."""
    parcels = selling.shop.pack(selling.buy(("SCARF-1", 1)), (), TFS)

    label = selling.shop.label(parcels)

    assert label.content_type == "application/pdf"
    assert label.data.startswith(b"%PDF")
    assert parcels[0].package_id.encode() in label.data


def test_a_label_is_not_ready_for_some_seconds(selling):
    """The caller is told when to come back."""
    selling.sim("settings", label_delay_s=60)
    parcels = selling.shop.pack(selling.buy(("SCARF-1", 1)), (), TFS)

    with pytest.raises(TransientError) as caught:
        selling.shop.label(parcels)
    selling.sim("clock", advance_s=120)

    assert (caught.value.user_key, caught.value.retry_after_s) == ("lazada.label_not_ready", 5.0)
    assert selling.shop.label(parcels).data.startswith(b"%PDF")


def as_file(page: str | bytes) -> str:
    return base64.b64encode(page.encode() if isinstance(page, str) else page).decode()


FRAME = "<iframe src='https://label.example.test/l.pdf?a=1&amp;b=2' width='100%'></iframe>"


@pytest.mark.parametrize(
    ("document", "content_type"),
    [
        ({"file": as_file(b"%PDF-1.4 own"), "doc_type": "PDF"}, "application/pdf"),
        ({"file": as_file(FRAME), "doc_type": "PDF"}, "application/pdf"),
        ({"file": as_file("<h1>label</h1>"), "doc_type": "HTML"}, "text/html"),
    ],
)
def test_a_label_is_unpacked_from_whatever_form_it_came_in(document, content_type):
    """A PDF, a page that frames a link to one, or the page itself."""
    shop = Scripted(orders(document=document))

    label = shop.shop.label([A_PARCEL])

    assert label.content_type == content_type
    assert not any("sign" in dict(request.url.params) for request in shop.requests if "l.pdf" in request.url.path)


@pytest.mark.parametrize("document", [{}, {"file": ""}, {"pdf_url": "https://label.example.test/dead"}])
def test_a_label_that_is_not_there_comes_later(document):
    """An empty answer and a dead link are no label."""
    shop = Scripted(orders(document=document))

    with pytest.raises(TransientError):
        shop.shop.label([A_PARCEL])


@pytest.mark.parametrize("link", ["http://label.example.test/l.pdf", "file:///etc/passwd", "//x/l.pdf"])
def test_a_label_is_fetched_over_https_only(link):
    """A link of any other kind is never followed; practice marketplaces, which have an address given, are spared."""
    shop = Scripted(orders(document={"pdf_url": link}))

    with pytest.raises(ProtocolSurpriseError):
        shop.shop.label([A_PARCEL])

    assert len(shop.requests) == 1


def test_a_shops_own_fleet_has_no_label():
    """Lazada says "no label" as if it were too early; the order's lines tell that none will come."""
    fleet = [an_item(status="packed", package_id="FP1", delivery_option_sof=1)]
    none = ok(result={"success": False, "error_code": "700040"})
    shop = Scripted(lambda path, said: ok(fleet) if path.endswith("items/get") else none)

    with pytest.raises(RejectedError) as caught:
        shop.shop.label([A_PARCEL])

    assert caught.value.user_key == "lazada.own_fleet"


def test_more_than_twenty_labels_are_too_many():
    """One file holds twenty."""
    with pytest.raises(RejectedError) as caught:
        Scripted(lambda path, said: refused("0")).shop.label([A_PARCEL] * 21)

    assert caught.value.user_key == "lazada.too_many_labels"


def an_item(**changes: Any) -> dict[str, Any]:
    """One unit to be packed."""
    return {
        "order_item_id": 1,
        "order_id": 900100200300401,
        "status": "pending",
        "sku": "MUG-BLK",
        "item_price": 349.0,
        "paid_price": 349.0,
        "package_id": "",
        "delivery_option_sof": 0,
        "is_fbl": 0,
    } | changes


def a_packed_line(**changes: Any) -> dict[str, Any]:
    """One line of a pack answer."""
    return {
        "order_item_id": 1,
        "item_err_code": "0",
        "msg": "success",
        "package_id": "FP1",
        "tracking_number": "LEX1",
        "shipment_provider": "LEX TH",
    } | changes


def orders(items: Any = None, providers: Any = None, packed: Any = None, document: Any = None) -> Any:
    """A script that answers each call of packing and labels."""

    def answer(path: str, said: dict[str, str]) -> Any:
        if path.endswith("/order/items/get"):
            return ok(items or [an_item()])
        if path.endswith(".pdf"):
            return httpx.Response(200, content=b"%PDF-1.4 linked")
        if path.endswith("/dead"):
            return httpx.Response(403, text="link expired")
        data = {
            "/order/shipment/providers/get": providers,
            "/order/fulfill/pack": {"pack_order_list": [{"order_id": 1, "order_item_list": packed}]},
            "/order/package/document/get": document,
        }[path]
        return ok(result={"success": True, "data": data})

    return answer
