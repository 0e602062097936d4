"""A customer's credit account, and how an order stands to its limit. Pure.

Exposure is what a customer's open orders on credit still owe: total less what is captured, of each at least nothing.
"""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from models.review.credit import CreditModel, CreditScore, score
from models.review.credit_account import UNKNOWN, CreditAccount, features_of
from models.shared.messages import Message
from models.shared.money import exponent, minor_per_major, show

MOST_MINOR = 10**15
MOST_AMOUNT = 1e12
_Amount = Annotated[float, Field(ge=-MOST_AMOUNT, le=MOST_AMOUNT, allow_inf_nan=False)]
_Status = Annotated[float, Field(ge=-2, le=9, allow_inf_nan=False)]
_Six = tuple[_Amount | None, _Amount | None, _Amount | None, _Amount | None, _Amount | None, _Amount | None]
_SixStatus = tuple[
    _Status | None, _Status | None, _Status | None, _Status | None, _Status | None, _Status | None
]


class HistoryBody(Message):
    """Six months as somebody writes them down: the fields of `CreditAccount`, in whole units of the account's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[float, Field(gt=0, le=MOST_AMOUNT, allow_inf_nan=False)] | None = None
    status: _SixStatus = UNKNOWN
    billed: _Six = UNKNOWN
    paid: _Six = UNKNOWN


class AccountBody(Message):
    """A credit account as somebody writes it down; `limit_minor` in minor units of `currency` (ISO 4217)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: str = Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")
    currency: str = Field(pattern="^[A-Z]{3}$")
    limit_minor: int = Field(ge=0, le=MOST_MINOR)
    history: HistoryBody = HistoryBody()

    @model_validator(mode="after")
    def _in_money_that_is_known(self) -> Self:
        if exponent(self.currency) is None:
            raise ValueError(f"{self.currency} is no ISO 4217 currency")
        return self


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
    features = {feature.name: known.get(feature.name) for feature in model.features}
    return score(model, features), features
