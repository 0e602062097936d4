"""What kinds of orders the demo sends, and how many of each."""

import random
from enum import StrEnum


class Scenario(StrEnum):
    """What is special about an order."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    GROUP_BUY = "group_buy"
    LARGE = "large"
    SPECIAL = "special"
    SHORT = "short"
    DECLINED = "declined"
    EXPIRED = "expired"
    PENDING = "pending"
    TWICE = "twice"
    SAME_GOODS = "same_goods"
    ODD_ADDRESS = "odd_address"
    OTHER_AMOUNT = "other_amount"
    OTHER_PRICE = "other_price"
    BROKEN = "broken"


# Of a hundred orders; what is left is ordinary.
_SHARES = {
    Scenario.BROKEN: 8,
    Scenario.SHORT: 7,
    Scenario.URGENT: 8,
    Scenario.DECLINED: 6,
    Scenario.LARGE: 5,
    Scenario.PENDING: 5,
    Scenario.SPECIAL: 5,
    Scenario.GROUP_BUY: 5,
    Scenario.TWICE: 3,
    Scenario.SAME_GOODS: 2,
    Scenario.ODD_ADDRESS: 2,
    Scenario.OTHER_AMOUNT: 2,
    Scenario.OTHER_PRICE: 1,
    Scenario.EXPIRED: 1,
}


def deal(orders: int, seed: int) -> list[Scenario]:
    """The scenario of each order, in the order of sending: about the shares above, and no kind forgotten if there is room.

    Of twenty orders at least six are ordinary.
    """
    special: list[Scenario] = []
    for scenario, share in _SHARES.items():
        if len(special) < orders * 0.7:
            special += [scenario] * max(1, round(orders * share / 100))
    dealt = special[:orders] + [Scenario.ORDINARY] * (orders - len(special))
    dice = random.Random(f"{seed}:deal")
    dice.shuffle(dealt)
    return dealt
