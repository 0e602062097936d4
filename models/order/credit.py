"""A customer's credit account, and how an order stands to its limit. Pure.

Exposure is what a customer's open orders on credit still owe: total less what is captured, of each at least nothing.
"""

import math

from pydantic import Field

from models.review.credit import CreditModel, CreditScore, score
from models.review.credit_account import UNKNOWN, CreditAccount, features_of
from models.shared.messages import Message
from models.shared.money import minor_per_major, show


class CreditStanding(Message):
    """How an order stands to its customer's credit account, as it was when the order was recorded.

    `exposure_minor`: what the customer's other orders on credit owed. An order in another currency than the account's
    cannot be compared and does not fit. `score` None: no active model, or nothing is known of the six months.
    """

    currency: str
    limit_minor: int
    exposure_minor: int = 0
    order_currency: str
    order_minor: int
    score: CreditScore | None = None
    features: dict[str, float | None] = Field(default_factory=dict)

    @property
    def comparable(self) -> bool:
        """The order is in the account's currency."""
        return self.order_currency == self.currency

    @property
    def with_order_minor(self) -> int:
        """What this order makes of the exposure, in minor units."""
        return self.exposure_minor + self.order_minor

    @property
    def fits(self) -> bool:
        """The limit is not exceeded with this order."""
        return self.comparable and self.with_order_minor <= self.limit_minor

    def words(self) -> str:
        """Exposure, limit, and what this order would make it."""
        limit = show(self.limit_minor, self.currency)
        if not self.comparable:
            return (
                f"the order is in {self.order_currency}, the credit limit is {limit}: they cannot be compared"
            )
        owed, made = show(self.exposure_minor, self.currency), show(self.with_order_minor, self.currency)
        return f"open orders on credit owe {owed}, with this one {made}, the credit limit is {limit}"


def scored(
    model: CreditModel | None, history: CreditAccount, limit_minor: int, currency: str
) -> tuple[CreditScore | None, dict[str, float | None]]:
    """The score of an account with the features it looked at; None and nothing without a model or any known month.

    The account's own limit stands in for one that the history leaves out.
    """
    if model is None or (history.status, history.billed, history.paid) == (UNKNOWN, UNKNOWN, UNKNOWN):
        return None, {}
    if history.limit is None:
        history = history.model_copy(update={"limit": limit_minor / minor_per_major(currency)})
    known = features_of(history)
    features = {feature.name: _finite(known.get(feature.name)) for feature in model.features}
    return score(model, features), features


def _finite(value: float | None) -> float | None:
    """A share of next to nothing is unknown: JSON has no word for infinity."""
    return value if value is not None and math.isfinite(value) else None
