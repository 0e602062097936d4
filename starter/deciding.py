"""One decision about many orders: each is told on its own, and each has its own answer."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from models.order.messages import Answer, Decision
from models.shared.errors import Conflict, ErrorCode, NotFound, Unavailable
from models.shared.messages import Message

MOST = 500
_AT_ONCE = 8


class Deciding(Protocol):
    """What it asks of Temporal; see `starter.desk.Desk`."""

    async def decide(self, order_number: str, verb: str, message: Decision) -> Answer: ...


class Decided(Message):
    """What became of one order: `code` tells why not when `done` is false."""

    order_number: str
    done: bool
    said: str
    code: str = ""


async def decide_all(
    desk: Deciding, verb: str, numbers: Sequence[str], message: Decision
) -> tuple[Decided, ...]:
    """Say the same to every order, in the order given, each once. A refusal of one leaves the others alone.

    The message's `request_id` makes a repeat of the whole harmless: every order takes it for its own.
    """
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(number: str) -> Decided:
        async with places:
            try:
                answer = await desk.decide(number, verb, message)
            except Conflict as error:
                return Decided(order_number=number, done=False, said=str(error), code=error.code)
            except NotFound as error:
                return Decided(order_number=number, done=False, said=str(error), code="not_found")
            except Unavailable as error:
                return Decided(order_number=number, done=False, said=str(error), code="unavailable")
        code = "" if answer.done else ErrorCode.NOT_ALLOWED_NOW.value
        return Decided(order_number=number, done=answer.done, said=answer.said, code=code)

    return tuple(await asyncio.gather(*map(one, dict.fromkeys(numbers))))
