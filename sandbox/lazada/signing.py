"""Signatures of calls and of pushes, computed here and nowhere else in the sandbox."""

import hashlib
import hmac
from collections.abc import Mapping


def sign(path: str, params: Mapping[str, str], secret: str) -> str:
    """The signature of a call: upper-case hex over the path and every parameter but `sign`.

    >>> sign("/test/api", {"foo": "1", "bar": "2", "foo_bar": "3", "foobar": "4"}, "1234")
    '988085883BF9D32D251478D23122C7ECC91518CDF63BA22F792000A378F52409'
    """
    text = path + "".join(name + params[name] for name in sorted(params) if name != "sign")
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def is_signed(path: str, params: Mapping[str, str], secret: str) -> bool:
    """Whether `params["sign"]` is right, with or without the empty parameters; lower case is not."""
    given = params.get("sign", "").encode()
    filled = {name: value for name, value in params.items() if value != ""}
    accepted = (sign(path, params, secret), sign(path, filled, secret))
    return any(hmac.compare_digest(given, one.encode()) for one in accepted)


def sign_push(app_key: str, body: bytes, secret: str) -> str:
    """The `Authorization` header of a push: lower-case hex over the app key and the raw body."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
