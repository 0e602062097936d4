"""What review needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from activities.shared.effects import Intent
from models.review.messages import (
    Authorise,
    Authorised,
    LookUpPayment,
    PaymentStatus,
    RecordVerdict,
    RiskDecision,
    Voided,
    VoidPayment,
)


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
    tells), `RequestConflict` (key reused with another body), `CallRefused` (never done as asked: a person has to mend it).
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


class ReviewStore(Protocol):
    """Writes review's intents and answers."""

    async def intend_authorise(self, request: Authorise) -> Intent[Authorised]:
        """Write down that money is about to be reserved, and on which decision."""
        ...

    async def record_authorised(self, request: Authorise, answer: Authorised) -> Authorised:
        """Write the provider's answer down; gives back what stands, which another attempt may have written."""
        ...

    async def intend_void(self, request: VoidPayment) -> Intent[Voided]:
        """Write down that an authorisation is about to be given back."""
        ...

    async def record_voided(self, request: VoidPayment, answer: Voided) -> Voided:
        """Write the provider's answer down."""
        ...

    async def record_verdict(self, request: RecordVerdict) -> RiskDecision:
        """Write a verdict that stops the order."""
        ...

    async def record_looked_up(self, request: LookUpPayment, answer: Authorised) -> Authorised:
        """Write down what became of an authorisation, once."""
        ...
