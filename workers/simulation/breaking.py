"""Ways to break a good order body, each with the code that the refusal must carry."""

import copy
from collections.abc import Callable
from typing import Any

Body = dict[str, Any]


def _postcode(body: Body) -> None:
    body["ship_to"] |= {"country": "DE", "region": "", "postcode": "1234"}
    body["customer"].pop("phone", None)
    del body["ship_to"]["region"]


def _exponent(body: Body) -> None:
    body["exponent"] = 4


def _quantity(body: Body) -> None:
    body["lines"][0]["quantity"] = -1


def _total(body: Body) -> None:
    body["total_minor"] += 100


def _sku(body: Body) -> None:
    body["lines"][0]["sku"] = "NO-SUCH-THING"


def _email(body: Body) -> None:
    del body["customer"]["email"]


def _mailbox(body: Body) -> None:
    body["customer"]["email"] = "nobody at home"


def _country(body: Body) -> None:
    body["ship_to"]["country"] = "XX"
    body["customer"].pop("phone", None)


def _currency(body: Body) -> None:
    body["currency"] = "XYZ"
    del body["exponent"]


def _future(body: Body) -> None:
    body["placed_at"] = "2999-01-01T00:00:00Z"


def _nothing(body: Body) -> None:
    body["lines"] = []


def _unknown(body: Body) -> None:
    body["gift_wrap"] = True


def _phone(body: Body) -> None:
    body["customer"]["phone"] = "call me"


def _text(body: Body) -> None:
    body["lines"][0]["quantity"] = "two"


def _merchant(body: Body) -> None:
    body["lines"][0]["merchant_id"] = "m-nobody"


BREAKS: tuple[tuple[str, Callable[[Body], None]], ...] = (
    ("postcode_invalid", _postcode),
    ("total_mismatch", _total),
    ("sku_unknown", _sku),
    ("out_of_range", _quantity),
    ("exponent_mismatch", _exponent),
    ("missing", _email),
    ("country_unknown", _country),
    ("email_invalid", _mailbox),
    ("currency_unknown", _currency),
    ("placed_in_future", _future),
    ("too_few_lines", _nothing),
    ("unknown_field", _unknown),
    ("phone_invalid", _phone),
    ("wrong_type", _text),
    ("merchant_mismatch", _merchant),
)


def broken(body: Body, nth: int) -> tuple[Body, str]:
    """A copy broken in the n-th way, round and round, and the code that must be among its faults."""
    code, break_it = BREAKS[nth % len(BREAKS)]
    copied = copy.deepcopy(body)
    break_it(copied)
    return copied, code
