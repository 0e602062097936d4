"""Who the money belongs to: double entry in integer minor units. Debit is positive, credit negative. Pure."""

from models.order.messages import Order, OrderLine
from models.settlement.messages import MerchantShare, Posting
from models.shared.money import share

GATEWAY = "gateway:receivable"
COMMISSION = "platform:commission"
# What customers owe us, where the provider took less than asked.
OWED = "customer:balance"
# What we owe for gift cards and store credit, and what stands against it where they were issued.
STORED, STORED_ISSUED = "stored_value:liability", "stored_value:issued"
# What customers paid before their goods arrived.
DEPOSITS = "customer:deposits"
# What a provider says when it held the money for too long.
EXPIRED = "authorisation_expired"


def payable(merchant_id: str) -> str:
    """The account of what a merchant is owed."""
    return f"merchant:{merchant_id}:payable"


def shares(order: Order, pieces: dict[int, int] | None = None) -> tuple[MerchantShare, ...]:
    """What each merchant sold: all of it, or only the delivered `pieces` by line number.

    Freight of a line that arrived in part counts in proportion, rounded down. Σ goods + freight is the amount to take.
    """
    counts = {line.line_no: line.quantity for line in order.lines} if pieces is None else pieces
    lines: list[tuple[OrderLine, int]] = [(line, counts.get(line.line_no, 0)) for line in order.lines]
    return tuple(
        MerchantShare(
            merchant_id=merchant,
            goods_minor=sum(line.unit_price_minor * n for line, n in lines if line.merchant_id == merchant),
            freight_minor=sum(
                line.freight_minor * n // line.quantity for line, n in lines if line.merchant_id == merchant
            ),
        )
        for merchant in sorted({line.merchant_id for line, n in lines if n})
    )


def amount_minor(parts: tuple[MerchantShare, ...]) -> int:
    """What the shares add up to, in minor units."""
    return sum(part.goods_minor + part.freight_minor for part in parts)


def capture_postings(
    parts: tuple[MerchantShare, ...],
    taken_minor: int,
    currency: str,
    commission_bp: int,
    *,
    stored_minor: int = 0,
    deposit_minor: int = 0,
) -> tuple[Posting, ...]:
    """Gateway owes us what it took, stored value and deposit are used up; each merchant is owed goods and freight less commission on the goods. Sums to zero.

    What was taken less than the shares add up to the customer owes; taken later, without shares, it pays that off.
    """
    missing = amount_minor(parts) - taken_minor - stored_minor - deposit_minor
    postings = [
        Posting(account=GATEWAY, amount_minor=taken_minor, currency=currency),
        Posting(account=STORED, amount_minor=stored_minor, currency=currency),
        Posting(account=DEPOSITS, amount_minor=deposit_minor, currency=currency),
        Posting(account=OWED, amount_minor=missing, currency=currency),
    ]
    commission = 0
    for part in parts:
        kept = share(part.goods_minor, commission_bp)
        commission += kept
        owed = part.goods_minor + part.freight_minor - kept
        postings.append(Posting(account=payable(part.merchant_id), amount_minor=-owed, currency=currency))
    postings.append(Posting(account=COMMISSION, amount_minor=-commission, currency=currency))
    return tuple(posting for posting in postings if posting.amount_minor)


def deposit_postings(amount_minor: int, currency: str) -> tuple[Posting, ...]:
    """A deposit that was taken; negative: given back."""
    return (
        Posting(account=GATEWAY, amount_minor=amount_minor, currency=currency),
        Posting(account=DEPOSITS, amount_minor=-amount_minor, currency=currency),
    )


def refund_postings(
    captured: tuple[Posting, ...], card_minor: int, stored_minor: int = 0, deposit_minor: int = 0
) -> tuple[Posting, ...]:
    """The captures' balances turned round in proportion, by largest remainder, so that they sum to zero.

    `captured` is what stands in each account. What goes back is at most what was taken: a deposit by the gateway, too.
    """
    refund_minor = card_minor + stored_minor + deposit_minor
    paid_with = (GATEWAY, STORED, DEPOSITS)
    total = sum(posting.amount_minor for posting in captured if posting.account in paid_with)
    if not total or not refund_minor:
        return ()
    others = [posting for posting in captured if posting.account not in paid_with]
    exact = [-posting.amount_minor * refund_minor for posting in others]
    back = [product // total for product in exact]
    left = refund_minor - sum(back)
    by_remainder = sorted(range(len(others)), key=lambda i: (-(exact[i] % total), others[i].account))
    for i in by_remainder[:left]:
        back[i] += 1
    currency = captured[0].currency
    legs = [(GATEWAY, -card_minor - deposit_minor), (STORED, -stored_minor)]
    legs += [(posting.account, amount) for amount, posting in zip(back, others, strict=True)]
    return tuple(
        Posting(account=account, amount_minor=amount, currency=currency) for account, amount in legs if amount
    )
