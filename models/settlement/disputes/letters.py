"""Who is written to when a dispute opens and ends. Pure."""

from models.order.records import Notice, NoticeKind
from models.settlement.disputes.messages import Dispute
from models.settlement.disputes.rules import merchants_of
from models.settlement.messages import Posting
from models.shared.money import show


def about_opening(dispute: Dispute) -> tuple[Notice, ...]:
    """The customer hears what their bank told us."""
    data = {"amount": show(dispute.amount_minor, dispute.currency)}
    return (Notice(kind=NoticeKind.DISPUTE_OPENED, about=dispute.reference, data=data),)


def about_end(
    dispute: Dispute, won: bool, reserved: tuple[Posting, ...], borne_by: str
) -> tuple[Notice, ...]:
    """The customer hears the end; of a loss also finance, who settle with the merchants."""
    amount = show(dispute.amount_minor, dispute.currency)
    kind = NoticeKind.DISPUTE_WON if won else NoticeKind.DISPUTE_LOST
    letter = Notice(kind=kind, about=dispute.reference, data={"amount": amount})
    if won:
        return (letter,)
    shares = ", ".join(
        f"{one.account.split(':')[1]} {show(one.amount_minor, one.currency)}"
        for one in merchants_of(reserved)
    )
    data = {"amount": amount, "dispute": dispute.reference, "bearer": borne_by, "shares": shares or "none"}
    return (letter, Notice(kind=NoticeKind.DISPUTE_CLAWBACK, about=dispute.reference, data=data))
