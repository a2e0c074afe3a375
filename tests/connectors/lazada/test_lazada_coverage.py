"""The protocol page, endpoint by endpoint and code by code: each is implemented, or left out with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chalicelib.domain.errors import ProtocolSurpriseError
from connectors import lazada
from connectors.lazada import push
from connectors.lazada.errors import TABLE, user_keys
from connectors.lazada.refusal import error_of, refusal
from connectors.lazada.settings import Settings

ROOT = Path(__file__).parents[3]
CONNECTOR = ROOT / "connectors" / "lazada"
PAGE = ROOT.parent / "shared" / "marketplaces" / "lazada.md"
QUALITY = yaml.safe_load((CONNECTOR / "quality.yaml").read_text("utf-8"))

RECORDED = Path(__file__).parent / "fixtures" / "protocol_names.yaml"

_PATH = re.compile(r"(?<![\w.*])/[a-z][A-Za-z_]*(?:/[A-Za-z_]+)+")
_TOKEN = re.compile(r"`([^`]+)`")
_CODE = re.compile(r"\d{1,7}|E\d{4}|[A-Z][a-z]+(?:[A-Z0-9][A-Za-z0-9]*)+|[A-Z]+(?:_[A-Z]+)+")
# Look like codes in the lines that are searched, and are none.
NOT_CODES = {
    "0": "success",
}


def said() -> str:
    """The page, with its one abbreviated path written out."""
    return PAGE.read_text("utf-8").replace("`.../sof/", "`/order/package/sof/")


def section(number: str) -> str:
    """The text below a heading, up to the next one."""
    return re.split(rf"^#+ {re.escape(number)} .*$", said(), flags=re.M)[1].split("\n#")[0]


def passages_about_errors() -> Iterator[str]:
    """Paragraphs and bullets that speak of errors, and the first column of every table of codes."""
    for part in re.split(r"\n\s*\n|\n(?=- |Errors|\||#)", said()):
        if re.match(r"(?:- )?(?:`[^`]+` errors|Errors|Item error codes)", part):
            yield part
    tables = [section("2.2").split("Errors:")[1], section("3.10"), section("7.1")]
    for row in "\n".join(tables).splitlines():
        if row.startswith("| `"):
            yield row.split("|")[1]
    yield from re.findall(r"`\d{3,7}` (?:otherwise|above|if missing)", section("3.5") + section("3.6") + section("4.6"))
    yield from re.findall(r"`E\d{4}`", section("3.6"))
    yield from re.findall(
        r"\(`\d{3,7}`[^()]*\)", section("5.1") + said()[said().index("## 3.") : said().index("## 4.")]
    )
    yield from (f"`{word}`" for word in re.findall(r"(?:spells it|gives `212` \() ?`([A-Z_]+)`", said()))


def codes() -> set[str]:
    """Every code of those passages, ranges written out."""
    found: set[str] = set()
    for passage in passages_about_errors():
        for first, last in re.findall(r"`(\d+)`\.\.`(\d+)`", passage):
            found |= {str(number) for number in range(int(first), int(last) + 1)}
        found |= {token for token in _TOKEN.findall(passage) if _CODE.fullmatch(token)}
    return found - set(NOT_CODES)


def push_types() -> set[str]:
    """Every message type of section 6.2."""
    first_columns = [row.split("|")[1] for row in section("6.2").splitlines() if row.startswith("|")]
    return {number for column in first_columns for number in re.findall(r"\d+", column)}


def names() -> dict[str, set[str]]:
    """What the page names; without the page beside the repository, what was copied from it."""
    if PAGE.exists():
        return {"endpoints": set(_PATH.findall(said())), "codes": codes(), "push_types": push_types()}
    return recorded()


def recorded() -> dict[str, set[str]]:
    """The copy of those names."""
    rows = yaml.safe_load(RECORDED.read_text("utf-8"))
    return {kind: {str(name) for name in listed} for kind, listed in rows.items()}


def called() -> set[str]:
    """Every path the connector's code names."""
    source = "".join(path.read_text("utf-8") for path in CONNECTOR.glob("*.py"))
    return {path for path in re.findall(r'"(/[A-Za-z_/]+)"', source) if path.count("/") > 1 and not path.endswith("/")}


def test_the_copied_names_are_those_of_the_page():
    """Whoever has no page judges by the same names."""
    assert recorded() == names()


def test_every_endpoint_of_the_page_is_called_or_left_out_with_a_reason():
    """Nothing is silent, and nothing is left out that is called."""
    named, left_out = names()["endpoints"], QUALITY["deliberately_not"]

    assert len(named) > 50
    assert named - called() == set(left_out), "implement it, or give the reason in quality.yaml"
    assert all(len(reason) > 15 for reason in left_out.values())


def test_every_endpoint_we_call_is_on_the_page():
    """None is made up. The consent page is the one address that is no API."""
    assert called() - names()["endpoints"] == {"/oauth/authorize"}


def test_every_code_of_the_page_has_a_meaning_and_no_other_has():
    """Gateway, tokens, products, orders, parcels, cancels, returns, money; none was made up."""
    assert len(names()["codes"]) > 200
    assert names()["codes"] == set(TABLE)


@pytest.mark.parametrize("code", ["4999", "700099", "199", "E0009", "BrandNewLimit"])
def test_a_code_that_is_not_on_the_page_is_loud(code):
    """Unknown is never taken for harmless."""
    error = error_of(refusal({"code": code, "message": "?"}), Settings(), is_write=True)

    assert isinstance(error, ProtocolSurpriseError)


def test_every_push_type_of_the_page_is_read():
    """Those that name nothing of ours are read as nothing, on purpose."""
    assert len(names()["push_types"]) > 15
    assert names()["push_types"] == set(push._READERS)


def test_capabilities_are_said_once_and_each_has_a_note():
    """Nothing is both possible and impossible."""
    tables = (lazada.CAN, lazada.CANNOT, lazada.NOT_YET)

    assert sum(len(table) for table in tables) == len({key for table in tables for key in table})
    assert all(note for table in tables for note in table.values())
    assert {"shipping", "cancels", "returns", "settlements"} <= set(lazada.CAN)


def test_every_text_key_is_ours_or_shared():
    """Pages look them up by these names."""
    assert all(re.fullmatch(r"(error|lazada)\.[a-z_]+", key) for key in user_keys())


def test_what_is_not_done_says_why():
    """Each line of quality.yaml is done, to do or exempt; all but a plain "done" carry their reason."""
    parts = ("protocol", "listings", "amounts", "orders", "tried_on")
    lines = {f"{part}.{name}": said for part in parts for name, said in QUALITY[part].items()}

    states = {name: said.partition(": ") for name, said in lines.items()}
    assert {state for state, _, _ in states.values()} <= {"done", "todo", "exempt"}
    assert [name for name, (state, _, why) in states.items() if state != "done" and not why] == ["tried_on.live_shop"]
