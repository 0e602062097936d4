"""What reviewers say on the command line: claim, delegate, ask; and one decision about many orders.

It adds its commands to the groups `order` and `orders`; whoever mounts those takes them from here, complete.
"""

from enum import StrEnum
from typing import Annotated

import typer

from models.order.messages import Decision
from models.review.desk import Approve, Ask, Claim, Delegate, Reply, RequireDeposit
from starter.cli.decisions import Number, order, said
from starter.cli.orders import orders
from starter.cli.printing import REFUSED, AsJson, By, RequestId, Why, as_json, table
from starter.cli.session import saying
from starter.deciding import decide_all

__all__ = ["order", "orders"]


@order.command()
def approve(
    number: Number,
    by: By,
    why: Why = "",
    proposal: Annotated[str, typer.Option(help="What you looked at; refused when it has changed.")] = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """A reviewer lets the order pass; of a very large one two persons must."""
    said(number, "approve", Approve(by=by, why=why, request_id=request_id, proposal=proposal), json)


@order.command("require-deposit")
def require_deposit(
    number: Number,
    by: By,
    share_bp: Annotated[int, typer.Option(help="Share of the total, in basis points: 3000 is 30 %.")] = 3_000,
    why: Why = "",
    proposal: Annotated[str, typer.Option(help="What you looked at; refused when it has changed.")] = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """A reviewer lets the order pass once the customer has paid a share."""
    message = RequireDeposit(by=by, why=why, request_id=request_id, proposal=proposal, share_bp=share_bp)
    said(number, "require_deposit", message, json)


@order.command()
def claim(
    number: Number,
    by: By,
    minutes: Annotated[int, typer.Option(min=0, help="For how long; 0: as the policy says.")] = 0,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Take the order off the other reviewers' hands."""
    said(number, "claim", Claim(by=by, why=why, request_id=request_id, minutes=minutes), json)


@order.command()
def delegate(
    number: Number,
    by: By,
    to: Annotated[str, typer.Option(help="Who is to decide; nobody in particular without it.")] = "",
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Give the order to another reviewer."""
    said(number, "delegate", Delegate(by=by, why=why, request_id=request_id, to=to), json)


@order.command()
def ask(
    number: Number,
    question: Annotated[str, typer.Argument(help="What the customer is asked.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Write to the customer and wait for the answer."""
    said(number, "ask", Ask(by=by, why=why, request_id=request_id, question=question), json)


@order.command()
def reply(
    number: Number,
    text: Annotated[str, typer.Argument(help="What the customer answered.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Note the customer's answer."""
    said(number, "reply", Reply(by=by, why=why, request_id=request_id, text=text), json)


class Verb(StrEnum):
    """What may be said to many orders at once."""

    APPROVE = "approve"
    REJECT = "reject"


@orders.command()
def decide(
    verb: Annotated[Verb, typer.Argument(help="What to decide.")],
    numbers: Annotated[list[str], typer.Argument(help="The orders' numbers.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """One decision about many orders; ends with 1 when one of them could not be obeyed."""
    model = Approve if verb is Verb.APPROVE else Decision
    message = model(by=by, why=why, request_id=request_id)
    decided = saying(lambda session: decide_all(session.desk, verb.value, numbers, message))
    if json:
        as_json(decided)
    else:
        table(("order", "done", "said"), [(one.order_number, one.done, one.said) for one in decided])
    if not all(one.done for one in decided):
        raise typer.Exit(REFUSED)
