"""What a credit account shows of half a year, and the features that the credit score looks at. Pure.

Age, sex, marriage and schooling are not among them: they decide nothing here.
"""

from collections.abc import Iterable, Sequence

from models.review.credit import Feature, Unit
from models.shared.messages import Message

MONTHS = 6
Months = tuple[float | None, float | None, float | None, float | None, float | None, float | None]
UNKNOWN: Months = (None, None, None, None, None, None)


class CreditAccount(Message):
    """Six months, the newest first; None is unknown. Amounts are in one currency, any unit.

    `status`: -2 nothing was due, -1 paid in full, 0 paid in part and in time, from 1 on months behind.
    `billed`: what the statement said; `paid`: what was paid in that month, on the statement before.
    """

    limit: float | None = None
    status: Months = UNKNOWN
    billed: Months = UNKNOWN
    paid: Months = UNKNOWN


FEATURES = (
    Feature(name="limit", says="credit limit"),
    *(
        Feature(
            name=f"status_{month}", says=f"payment status {month} months ago (months behind, 0 or less: none)"
        )
        for month in range(1, MONTHS + 1)
    ),
    Feature(name="billed_1", says="latest statement"),
    Feature(name="paid_1", says="latest payment"),
    Feature(name="paid_2", says="payment before the latest"),
    Feature(name="worst_delay", says="furthest behind in half a year", unit=Unit.MONTHS),
    Feature(name="months_behind", says="payments late in half a year", unit=Unit.MONTHS),
    Feature(name="delay_sum", says="all delays of half a year together", unit=Unit.MONTHS),
    Feature(name="used_1", says="part of the limit in use", unit=Unit.SHARE),
    Feature(name="used_mean", says="part of the limit in use, on average", unit=Unit.SHARE),
    Feature(name="used_most", says="part of the limit in use, at most", unit=Unit.SHARE),
    Feature(name="used_change", says="growth of what is in use, of the limit", unit=Unit.SHARE),
    Feature(name="repaid_1", says="part of the last statement that was paid", unit=Unit.SHARE),
    Feature(name="repaid_2", says="part of the statement before that was paid", unit=Unit.SHARE),
    Feature(name="repaid_mean", says="part of all statements that was paid", unit=Unit.SHARE),
    Feature(name="paid_1_of_limit", says="latest payment, of the limit", unit=Unit.SHARE),
    Feature(name="paid_of_limit", says="all payments of half a year, of the limit", unit=Unit.SHARE),
    Feature(name="paid_least", says="smallest monthly payment"),
    Feature(name="paid_mean", says="average monthly payment"),
    Feature(name="months_unpaid", says="without any payment", unit=Unit.MONTHS),
)


def features_of(account: CreditAccount) -> dict[str, float | None]:
    """Every feature by its name. Sums and means go over the months that are known; None when none is."""
    limit, billed, paid = account.limit, account.billed, account.paid
    delays = [max(one, 0.0) for one in _known(account.status)]
    payments, statements = _known(paid), _known(billed)
    due = [(now, before) for now, before in zip(paid, billed[1:], strict=False) if None not in (now, before)]
    return {
        "limit": limit,
        **{f"status_{month}": one for month, one in enumerate(account.status, 1)},
        "billed_1": billed[0],
        "paid_1": paid[0],
        "paid_2": paid[1],
        "worst_delay": max(delays, default=None),
        "months_behind": float(sum(one > 0 for one in delays)) if delays else None,
        "delay_sum": sum(delays) if delays else None,
        "used_1": _share(billed[0], limit),
        "used_mean": _share(_mean(statements), limit),
        "used_most": _share(max(statements, default=None), limit),
        "used_change": _share(_less(billed[0], billed[-1]), limit),
        "repaid_1": _repaid([paid[0]], [billed[1]]),
        "repaid_2": _repaid([paid[1]], [billed[2]]),
        "repaid_mean": _repaid([now for now, _ in due], [before for _, before in due]),
        "paid_1_of_limit": _share(paid[0], limit),
        "paid_of_limit": _share(sum(payments) if payments else None, limit),
        "paid_least": min(payments, default=None),
        "paid_mean": _mean(payments),
        "months_unpaid": float(sum(one == 0 for one in payments)) if payments else None,
    }


def _known(values: Iterable[float | None]) -> list[float]:
    return [one for one in values if one is not None]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole is not None and whole > 0 else None


def _repaid(paid: Sequence[float | None], billed: Sequence[float | None]) -> float | None:
    """Paid by billed; where nothing was billed everything due was paid. None when a month is unknown, or there is none."""
    if not paid or None in paid or None in billed:
        return None
    due = sum(max(one, 0.0) for one in _known(billed))
    return sum(_known(paid)) / due if due else 1.0
