"""A small, real PDF: one A6 page for each parcel, with the numbers a courier would scan."""

from collections.abc import Sequence

from sandbox.market.shop import Order

_A6 = "0 0 298 420"


def pdf(orders: Sequence[Order]) -> bytes:
    """The labels of these orders in one file."""
    pages = [_page(order) for order in orders]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, text in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{_A6}] /Contents {5 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
    return _file(objects)


def _page(order: Order) -> str:
    lines = [
        "PRACTICE SHIPPING LABEL - NOT FOR POSTING",
        f"Order {order.order_id}",
        f"Package {order.data['package_number']}",
        f"Tracking {order.data['tracking_number']}",
        f"Carrier {order.data['carrier']}   Pieces {len(order.units)}",
    ]
    moves = " ".join(f"({_escaped(line)}) Tj 0 -24 Td" for line in lines)
    return f"BT /F1 11 Tf 16 380 Td {moves} ET"


def _escaped(text: str) -> str:
    plain = text.encode("ascii", "replace").decode()
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(objects: Sequence[str]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("ascii")
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{tail}startxref\n{start}\n%%EOF\n".encode("ascii")
