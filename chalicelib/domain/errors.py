"""Errors named by what happens next; a connector's table maps every marketplace code to one of these."""

from __future__ import annotations

from chalicelib.domain import redaction


class MarketplaceError(Exception):
    """A marketplace did not do what was asked.

    `code` and `message` are the channel's own; neither carries a token, a signature or a buyer's detail.
    `user_key` finds the error card in the page texts. `seller_sku` and `field` say what it is about, where known.
    """

    user_key = "error.unknown"

    def __init__(
        self,
        channel: str,
        code: str,
        message: str = "",
        *,
        request_id: str = "",
        user_key: str = "",
        seller_sku: str = "",
        field: str = "",
        retry_after_s: float = 0.0,
    ) -> None:
        # Marketplaces repeat what they were sent; from here on the message may stand in a log, a page or a letter.
        message = redaction.safe(message)
        super().__init__(f"{channel} {code}: {message}" if message else f"{channel} {code}")
        self.channel = channel
        self.code = code
        self.message = message
        self.request_id = request_id
        self.user_key = user_key or type(self).user_key
        self.seller_sku = seller_sku
        self.field = field
        self.retry_after_s = retry_after_s


class TransientError(MarketplaceError):
    """May work later; nothing was written. The job goes back to the queue after `retry_after_s`."""

    user_key = "error.transient"


class RateLimitError(TransientError):
    """The channel asked us to slow down; `retry_after_s` is what it said, or a guess of the connector."""

    user_key = "error.rate_limit"


class PacedError(TransientError):
    """We wait by ourselves, so as to stay below a limit: nothing was sent, and nothing is wrong with the shop."""

    user_key = "error.rate_limit"


class TokenExpiredError(MarketplaceError):
    """The access token is stale: refresh once, try again."""

    user_key = "error.token_expired"


class DisconnectedError(MarketplaceError):
    """The authorisation was withdrawn or ended: the shop's jobs are parked until a person reconnects it."""

    user_key = "error.disconnected"


class NotPermittedError(DisconnectedError):
    """The app may not ask this of the shop: what needs it is left out, or the shop waits where nothing goes without."""


class OrdersMissingError(TransientError):
    """Some listed orders could not be read whole; every other one of the window was handed over before this."""

    def __init__(self, channel: str, order_ids: tuple[str, ...], request_id: str = "") -> None:
        super().__init__(channel, "orders_missing", ", ".join(order_ids[:5]), request_id=request_id, retry_after_s=5.0)
        self.order_ids = order_ids


class RejectedError(MarketplaceError):
    """This data was refused: stop this item, carry on with the others, show the reason beside the field."""

    user_key = "error.rejected"


class StaleError(MarketplaceError):
    """The world moved since we looked: observe and plan again."""

    user_key = "error.stale"


class OutcomeUnknownError(MarketplaceError):
    """Sent, and no answer came: it may have worked. Observe first, then plan; never repeat blindly."""

    user_key = "error.outcome_unknown"


class ProtocolSurpriseError(MarketplaceError):
    """The answer contradicts what is recorded: park the work and tell the developers."""

    user_key = "error.surprise"


class UnsafePlanError(Exception):
    """The plan is too large or too destructive to run without a person; it is kept and shown."""

    user_key = "error.unsafe_plan"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class StaleWriteError(Exception):
    """A stored row changed since it was read: read again and decide again."""


class LeaseLostError(Exception):
    """Another worker holds this shop now; this one must stop writing for it."""


class NotFoundError(LookupError):
    """No such community, shop, product or order."""
