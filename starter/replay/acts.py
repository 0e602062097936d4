"""What the world does to an order, once the order is where it can be done. Done already: nothing happens."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from activities.order.standings import Standing
from activities.shared.failures import GatewayError
from models.delivery.states import Tracking
from models.order.rules import STEPS
from models.order.states import OrderState, PaymentState
from models.order.waits import WaitingFor
from starter.replay.board import Board, Stuck
from starter.replay.door import Door
from starter.replay.plan import Act, Life, Step, refused
from starter.replay.ports import World

_UNPAID = (PaymentState.NONE, PaymentState.PENDING)
_BEFORE_DISPATCH = (OrderState.RECEIVED, OrderState.CONFIRMED)
_TRIES = 20
_PAUSE_S = 0.25


class Actor:
    """Acts through the door and in the outside world. `reviewed`: how many holds it approved, by reason."""

    def __init__(self, door: Door, board: Board, world: World, patience_s: float = 180.0) -> None:
        self._door = door
        self._board = board
        self._world = world
        self._patience_s = patience_s
        self.reviewed: Counter[str] = Counter()

    async def act(self, life: Life, step: Step) -> str:
        """Do one step; gives how the door refused the order, empty when it goes on. Raises `Stuck`, `Unavailable`."""
        if step.act is Act.PLACE:
            faults = await self._door.place(life.body)
            return refused(faults) if faults else ""
        acts: dict[Act, Callable[[Life, Step], Awaitable[None]]] = {
            Act.PAY: self._pay,
            Act.HAND_OVER: self._hand_over,
            Act.DELIVER: self._arrive,
            Act.RETURN: self._arrive,
            Act.CANCEL: self._cancel,
        }
        await acts[step.act](life, step)
        return ""

    async def _pay(self, life: Life, step: Step) -> None:
        """A reviewer lets it pass where a rule stopped it, and the customer pays."""

        def ready(standing: Standing) -> bool:
            return waits(standing, WaitingFor.REVIEW, WaitingFor.PAYMENT) or passed(standing)

        standing = await self._board.until(life.number, ready)
        if waits(standing, WaitingFor.REVIEW):
            if not life.approved:
                return
            await self._approve(life, standing)
            standing = await self._board.until(
                life.number, lambda now: ready(now) and not waits(now, WaitingFor.REVIEW)
            )
        if waits(standing, WaitingFor.PAYMENT):
            await self._insist(lambda: self._world.pay(life.number, step.at))

    async def _approve(self, life: Life, standing: Standing) -> None:
        reasons = standing.hold_reasons
        code = await self._door.say(life.number, "approve", f"the record went on after: {', '.join(reasons)}")
        if code:
            raise Stuck(f"cannot be approved: {code}")
        self.reviewed.update(reasons)

    async def _hand_over(self, life: Life, step: Step) -> None:
        """The bench prepares every parcel in one go, and its carrier collects it."""

        def ready(standing: Standing) -> bool:
            at_bench = waits(standing, WaitingFor.BENCH, WaitingFor.HANDOVER) and standing.parcels
            return bool(at_bench) or standing.order_state not in _BEFORE_DISPATCH

        for _ in range(_TRIES):
            standing = await self._board.until(life.number, ready)
            refusals = []
            for parcel in standing.parcels:
                if not parcel.tracking_number and not standing.outcome:
                    refusals.append(await self._door.bench(parcel.parcel_id, STEPS[len(parcel.steps) :]))
            if any(refusals):
                # Somebody was quicker, or an earlier answer was lost: look again.
                await asyncio.sleep(_PAUSE_S)
                continue
            await self._report(life, Tracking.PICKED_UP, step)
            return
        raise Stuck(f"the bench is refused: {', '.join(filter(None, refusals))}")

    async def _arrive(self, life: Life, step: Step) -> None:
        """Every parcel reaches the customer, or comes back."""

        def ready(standing: Standing) -> bool:
            return bool(standing.outcome) or (
                standing.order_state not in _BEFORE_DISPATCH
                and all(parcel.handed_over for parcel in standing.parcels)
            )

        await self._board.until(life.number, ready)
        await self._report(
            life, Tracking.DELIVERED if step.act is Act.DELIVER else Tracking.RETURN_TO_SENDER, step
        )

    async def _report(self, life: Life, status: Tracking, step: Step) -> None:
        """The carrier of every parcel tells; also again, because the same event is one event."""

        def labelled(standing: Standing) -> bool:
            return bool(standing.outcome) or all(parcel.tracking_number for parcel in standing.parcels)

        standing = await self._board.until(life.number, labelled)
        for parcel in standing.parcels:
            if parcel.tracking_number and parcel.tracking is not status:
                await self._insist(
                    lambda one=parcel: self._world.report(  # type: ignore[misc]
                        one.carrier, one.tracking_number, status, step.at
                    )
                )

    async def _cancel(self, life: Life, step: Step) -> None:
        """The customer cancels once the payment is where the record has it."""
        pays = any(one.act is Act.PAY for one in life.steps)

        def ready(standing: Standing) -> bool:
            return bool(standing.outcome) or not pays or standing.payment_state not in _UNPAID

        standing = await self._board.until(life.number, ready)
        if not standing.outcome:
            code = await self._door.say(life.number, "cancel", "cancelled by the record")
            if code and not (await self._board.until(life.number, lambda now: True)).outcome:
                raise Stuck(f"cannot be cancelled: {code}")

    async def _insist(self, call: Callable[[], Awaitable[None]]) -> None:
        """Until the outside world answers."""
        until = time.monotonic() + self._patience_s
        while True:
            try:
                await call()
                return
            except GatewayError as error:
                if time.monotonic() > until:
                    raise Stuck(f"the outside world is away: {error}") from error
                await asyncio.sleep(_PAUSE_S)


def waits(standing: Standing, *names: WaitingFor) -> bool:
    """Whether it waits for one of these."""
    return standing.waiting_for in names


def passed(standing: Standing) -> bool:
    """Whether the payment is behind it."""
    return bool(standing.outcome) or standing.payment_state not in _UNPAID


def remaining(life: Life, standing: Standing | None) -> tuple[Step, ...]:
    """The steps that are still to be done, by where the order stands; when in doubt a step is done again."""
    if standing is None:
        return life.steps
    if standing.outcome:
        return ()
    done = {Act.PLACE}
    if passed(standing):
        done.add(Act.PAY)
    if standing.order_state not in _BEFORE_DISPATCH and all(one.handed_over for one in standing.parcels):
        done.add(Act.HAND_OVER)
    if standing.order_state is OrderState.DELIVERED:
        done.add(Act.DELIVER)
    return tuple(step for step in life.steps if step.act not in done)
