"""Forms with files: read as browsers send them, refused when they are anything else."""

from __future__ import annotations

import pytest

from chalicelib.web.multipart import LARGEST_BYTES, SentFile, read_multipart

KIND = "multipart/form-data; boundary=----WebKitX7"


def _form(*parts: tuple[str, bytes]) -> bytes:
    """Parts of (head, data) as a browser writes them."""
    written = b"".join(
        b"------WebKitX7\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
        for head, data in parts
    )
    return written + b"------WebKitX7--\r\n"


def test_fields_and_files_come_back_as_they_were_sent():
    """Bytes stay bytes, line ends and dashes in them too; Thai names are read."""
    data = b"\xff\xd8\r\n--\r\n\x00------Web"
    raw = _form(('name="form_token"', b"t"), ('name="file"; filename="รูป.jpg"\r\nContent-Type: image/jpeg', data))
    assert read_multipart(raw, KIND) == ({"form_token": "t"}, {"file": SentFile("รูป.jpg", data)})


def test_a_file_nobody_chose_is_missing():
    """Browsers then send an empty part."""
    assert read_multipart(_form(('name="file"; filename=""', b"")), KIND) == ({}, {})


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (_form(('name="a"', b"1"))[:-6], KIND),
        (b"", KIND),
        (_form(('name="a"', b"1")), "multipart/form-data"),
        (_form(('filename="a"', b"1")), KIND),
        (_form(('name="a"', b"\xff")), KIND),
        (_form(('name="a"', b"x" * 70_000)), KIND),
        (_form(('name="a"; filename="b"', b"x" * LARGEST_BYTES)), KIND),
        (_form(*[('name="a"', b"1")] * 500), KIND),
    ],
)
def test_what_is_no_form_of_ours_is_refused(raw, kind):
    """Cut off, without boundary or name, not UTF-8, too large, too many fields."""
    with pytest.raises(ValueError, match=r".+"):
        read_multipart(raw, kind)
