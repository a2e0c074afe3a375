"""Everything the protocol page names is done or listed with a reason; nothing is silently left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from connectors.shopee import errors, push

FOLDER = Path(errors.__file__).parent
MODULES = (
    "auth", "logistics", "media_space", "merchant", "order", "payment", "product", "public", "push", "returns", "shop",
)  # fmt: skip
# "The merchant/shop has multi warehouse" is a message, no path.
NO_PATH = "merchant/shop"


def quality() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "quality.yaml").read_text("utf-8"))


def sources() -> str:
    """The connector's own text, without its notes."""
    return "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.py")))


def index(page: str) -> set[str]:
    """Every endpoint of section 12, as `module/name`."""
    section = page[page.index("## 12. Endpoint index") : page.index("## 13.")]
    found: set[str] = set()
    for row in section.splitlines():
        cells = row.split("|")
        if not row.startswith("| ") or cells[1].strip() in {"Kind", "---"}:
            continue
        kind, _, module = cells[1].strip().partition(" ")
        names = re.findall(r"`([a-z0-9_/]+)`", " ".join(cells[2:]))
        found |= {name if "/" in name or not module else f"{module}/{name}" for name in names}
        assert kind in {"P", "S"}
    return found


def named(page: str) -> set[str]:
    """Every other path the page names, with or without `/api/v2/`, and calls it names without their module."""
    modules = "|".join(MODULES)
    path = rf"(?<![a-z_./])(?:/api/v2/)?((?:{modules})/(?:[a-z_]+/)?[a-z_]*[a-z])(?![a-z_])"
    paths = set(re.findall(path, page)) - {NO_PATH}
    tails = {one.rpartition("/")[2] for one in paths | index(page)}
    return paths | (set(re.findall(r"`(get_[a-z_]+)`", page)) - tails)


def codes(page: str) -> set[str]:
    """Every error code the page names, modules and typos included."""
    bare = (
        r"error_[a-z_]*[a-z]|invalid_(?:acceess_token|access_token|code|shop_id|main_acount_id|partner_id)"
        r"|refresh_token_expired|(?:shop|merchant)_access_expired|shop_no_linked|merchant_no_linked"
        r"|partner_shop_no_link|shop_banned|partner_frozen|api_suspended|source_ip_undeclared"
        r"|exceed_max_limit|request_limit_exceeded|frequency_limited|order_list_invalid_time"
    )
    modules = "|".join((*MODULES, "prodct", "common", "warehouse"))
    plain = set(re.findall(rf"(?<![a-z_.])({bare})(?![a-z_])", page))
    dotted = set(re.findall(rf"(?<![a-z_])((?:{modules})\. ?[a-z_]+)(?![a-z_(])", page))
    return plain | dotted


def test_the_page_is_read_whole(page: str):
    """The walk finds what is there: a changed page that yields little is noticed."""
    assert len(index(page)) > 75
    assert len(named(page)) > 40
    assert len(codes(page)) > 110


def test_every_endpoint_is_called_or_left_out_for_a_reason(page: str):
    """Section 12 and every other path of the page."""
    left_out = quality()["deliberately_not"]["endpoints"]
    called = {path for path in index(page) | named(page) if f'"{path}"' in sources()}

    assert (index(page) | named(page)) - called - set(left_out) == set()


def test_what_is_left_out_is_really_left_out_and_named_by_the_page(page: str):
    """The list holds nothing that is done, nothing invented, and a reason for each."""
    left_out = quality()["deliberately_not"]["endpoints"]

    assert [path for path in left_out if f'"{path}"' in sources()] == []
    assert set(left_out) - index(page) - named(page) == set()
    assert [path for path, reason in left_out.items() if len(str(reason)) < 20] == []


def test_every_error_code_is_mapped_or_left_out_for_a_reason(page: str):
    """Codes decided by their text count as mapped: the text is what the page records."""
    left_out = quality()["deliberately_not"]["codes"]
    unmapped = {code for code in codes(page) if not is_mapped(code)}

    assert unmapped - set(left_out) == set()
    assert {code for code in left_out if is_mapped(code)} == set()
    assert [code for code, reason in left_out.items() if len(str(reason)) < 20] == []


def is_mapped(code: str) -> bool:
    """Whether the table speaks of the code, by itself or by a text that comes with it."""
    bare = "".join(code.split()).rpartition(".")[2]
    return errors.is_recorded(code) or bare in errors.told_by_text()


def test_every_push_code_is_read(page: str):
    """Each number of section 7.3, ranges taken apart."""
    table = page[page.index("### 7.3 Codes") : page.index("### 7.4")]
    numbers = [
        int(number)
        for row in re.findall(r"^\| ([0-9, ]+) \|", table, re.M)
        for number in row.replace(" ", "").split(",")
    ]

    assert len(numbers) > 25
    assert set(numbers) == push.known_codes()


def test_every_message_the_page_quotes_beside_a_code_of_many_meanings_has_one(page: str):
    """`error_auth` says many things: none of the page's own is a surprise by accident."""
    quoted = [
        "Invalid access_token.", "Invalid partner_id or shopid.", "No permission to current api.",
        "System error, please try again later.", "Invalid code", "Invalid refresh_token.",
        "Total stock must be more than reserved stock.", "Lack of location_id, please double check.",
    ]  # fmt: skip

    assert [text for text in quoted if text not in page] == []
    assert [text for text in quoted if not errors.is_recorded("error_auth", text)] == []


def test_quirks_name_tests_that_exist():
    """What a quirk says pins it is a test of this folder, or of the engine against both marketplaces."""
    pinned = set(re.findall(r"\b(test_[a-z0-9_]+)", (FOLDER / "QUIRKS.md").read_text("utf-8")))
    folders = [Path(__file__).parent, *(Path(__file__).parents[2] / name for name in ("sync", "jobs"))]
    tests = "\n".join(path.read_text("utf-8") for folder in folders for path in folder.glob("test_*.py"))

    assert len(pinned) > 20
    assert {name for name in pinned if f"def {name}(" not in tests} == set()
