"""`orderloom order …`: show one, or say something to it. Exit code 1: it could not be obeyed."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from models.order.messages import Attend, Decision, Hold, PayAgain, Release, Resolve
from models.order.states import HoldReason
from starter.cli.orders import show
from starter.cli.printing import AsJson, By, RequestId, Why, answered
from starter.cli.session import saying

order = typer.Typer(help="One order: show it, or say something to it.", no_args_is_help=True)
order.command()(show)

Number = Annotated[str, typer.Argument(help="The order's number.")]


class Action(StrEnum):
    """What an operator may want of a step that used up its attempts."""

    RETRY = "retry"
    SKIP = "skip"
    ABORT = "abort"


class Resolution(StrEnum):
    """How a lost or damaged parcel is settled."""

    RESHIP = "reship"
    REFUND = "refund"


def said(number: str, verb: str, message: Decision, json: bool) -> None:
    """Say it, and print the answer."""
    answered(saying(lambda session: session.desk.decide(number, verb, message)), json)


def _plain(verb: str, says: str) -> None:
    """A command for a decision that needs nothing but who and why."""

    def command(
        number: Number, by: By, why: Why = "", request_id: RequestId = "", json: AsJson = False
    ) -> None:
        said(number, verb, Decision(by=by, why=why, request_id=request_id), json)

    command.__doc__ = says
    named: Callable[..., None] = command
    order.command(verb.replace("_", "-"))(named)


_plain("reject", "A reviewer refuses the order; what was done is undone.")
_plain("cancel", "Cancel the order; what was done is undone.")
_plain("confirm_payment", "A pending payment is paid: the provider is asked.")
_plain("confirm_receipt", "The customer has the goods.")


@order.command()
def hold(
    number: Number,
    by: By,
    why: Why = "",
    reason: Annotated[HoldReason, typer.Option(help="The kind of the hold.")] = HoldReason.BY_PERSON,
    until: Annotated[datetime | None, typer.Option(help="When it should end (UTC).")] = None,
    lines: Annotated[
        list[int] | None, typer.Option("--line", min=1, help="Only this line; can be given again.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who is to end it: a person or a team.")] = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Stop the order before dispatch, or some of its lines."""
    end = until.replace(tzinfo=until.tzinfo or UTC) if until else None
    message = Hold(
        by=by,
        why=why,
        request_id=request_id,
        reason=reason,
        until=end,
        lines=tuple(lines or ()),
        owner=owner,
    )
    said(number, "hold", message, json)


@order.command()
def release(
    number: Number,
    by: By,
    why: Why = "",
    reason: Annotated[HoldReason | None, typer.Option(help="Only holds of this kind.")] = None,
    hold: Annotated[str, typer.Option("--hold", help="Only the hold with this id.")] = "",
    lines: Annotated[
        list[int] | None,
        typer.Option("--line", min=1, help="Only holds on this line; can be given again."),
    ] = None,
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """End one hold, those of a kind or on some lines, or all."""
    message = Release(
        by=by, why=why, request_id=request_id, reason=reason, hold_id=hold, lines=tuple(lines or ())
    )
    said(number, "release", message, json)


@order.command("pay-again")
def pay_again(
    number: Number,
    by: By,
    token: Annotated[str, typer.Option(help="The instrument at the payment provider.")],
    method: Annotated[str, typer.Option(help="The payment method.")] = "card",
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Another payment method after a declined one."""
    message = PayAgain(by=by, why=why, request_id=request_id, method=method, token=token)
    said(number, "pay_again", message, json)


@order.command("pay-deposit")
def pay_deposit(
    number: Number,
    by: By,
    token: Annotated[str, typer.Option(help="The instrument; the order's own without it.")] = "",
    method: Annotated[str, typer.Option(help="The payment method.")] = "card",
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """The customer lets a deposit be taken."""
    message = PayAgain(by=by, why=why, request_id=request_id, method=method, token=token)
    said(number, "pay_deposit", message, json)


@order.command()
def attend(
    number: Number,
    action: Annotated[Action, typer.Argument(help="What to do with the step.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Retry, skip or abort a step that used up its attempts."""
    said(number, "attend", Attend(by=by, why=why, request_id=request_id, action=action.value), json)


@order.command()
def resolve(
    number: Number,
    resolution: Annotated[Resolution, typer.Argument(help="How to settle it.")],
    by: By,
    why: Why = "",
    request_id: RequestId = "",
    json: AsJson = False,
) -> None:
    """Settle a lost or damaged parcel."""
    message = Resolve(by=by, why=why, request_id=request_id, resolution=resolution.value)
    said(number, "resolve", message, json)
