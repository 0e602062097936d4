"""The payment provider's webhooks: told on only when they may change what the order does next."""

from typing import Any

from activities.shared.database import Cursor
from models.review.messages import PaymentNews, PaymentStatus

_STATE = "SELECT payment_state, closed_at FROM sales_order WHERE order_number = %s"
_KINDS = {
    "payment.authorised": PaymentStatus.AUTHORISED,
    "payment.declined": PaymentStatus.DECLINED,
    "payment.expired": PaymentStatus.EXPIRED,
}
# In which state of the order which news count: money that is still awaited, or that is held.
_COUNTS = {"pending": frozenset(_KINDS.values()), "authorised": frozenset({PaymentStatus.EXPIRED})}


class TooEarlyError(Exception):
    """Our own record of the payment is not written yet: look again in a moment."""


async def read_news(cursor: Cursor, payload: dict[str, Any]) -> tuple[str, PaymentNews] | None:
    """The order and the news, or None when they change nothing. Raises `TooEarlyError`."""
    status = _KINDS.get(payload["type"])
    if status is None:
        return None
    await cursor.execute(_STATE, (payload["order_number"],))
    row = await cursor.fetchone()
    if row is None or row["payment_state"] == "none":
        if row and row["closed_at"]:
            return None
        raise TooEarlyError(payload["order_number"])
    if status not in _COUNTS.get(row["payment_state"], ()):
        return None
    news = PaymentNews(
        request_id=f"psp:{payload['event_id']}",
        reference=payload["reference"],
        status=status,
        reason=payload.get("reason") or "",
        at=payload.get("occurred_at"),
    )
    return payload["order_number"], news
