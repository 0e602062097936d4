"""A credit account as somebody writes it down, with the bounds of its fields. Pure."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.intake.body import Key
from models.review.credit_account import UNKNOWN
from models.shared.messages import Message
from models.shared.money import exponent

MOST_MINOR = 10**15
MOST_AMOUNT = 1e12
_Amount = Annotated[float, Field(ge=-MOST_AMOUNT, le=MOST_AMOUNT, allow_inf_nan=False)]
_Status = Annotated[float, Field(ge=-2, le=9, allow_inf_nan=False)]
_Six = tuple[_Amount | None, _Amount | None, _Amount | None, _Amount | None, _Amount | None, _Amount | None]
_SixStatus = tuple[
    _Status | None, _Status | None, _Status | None, _Status | None, _Status | None, _Status | None
]


def _known_currency(code: str) -> str:
    if exponent(code) is None:
        raise PydanticCustomError("currency_unknown", "is not an ISO 4217 currency")
    return code


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

    customer_id: Key
    currency: Annotated[str, AfterValidator(_known_currency)]
    limit_minor: int = Field(ge=0, le=MOST_MINOR)
    history: HistoryBody = HistoryBody()
