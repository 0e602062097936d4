"""What review needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from models.review.messages import PaymentStatus


@dataclass(frozen=True)
class GatewayAuthorisation:
    """What the payment provider says about an authorisation. Amount in minor units."""

    status: PaymentStatus
    reference: str
    amount_minor: int
    currency: str
    reason: str = ""
    voided: bool = False
    captured_minor: int = 0


@dataclass(frozen=True)
class GatewayReceipt:
    """The answer to void, capture or refund; `done` false is a refusal that `reason` explains."""

    done: bool
    reference: str
    amount_minor: int
    reason: str = ""


class PaymentGateway(Protocol):
    """A payment provider. Every call is idempotent by `key` with the same body.

    Raises `Unreachable` (surely not done), `OutcomeUnknown` (perhaps done: `find` or the same call with the same key
    tells), `RequestConflict` (key reused with another body).
    """

    async def authorise(
        self, key: str, order_number: str, amount_minor: int, currency: str, method: str, token: str
    ) -> GatewayAuthorisation:
        """Reserve money on the customer's instrument."""
        ...

    async def find(self, key: str) -> GatewayAuthorisation | GatewayReceipt | None:
        """What an earlier call with this key led to; None when the provider never saw it."""
        ...

    async def void(self, key: str, reference: str) -> GatewayReceipt:
        """Give an authorisation back that is not captured."""
        ...

    async def capture(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Take authorised money, whole or in part."""
        ...

    async def refund(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Give captured money back."""
        ...
