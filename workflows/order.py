"""One order, one long-lived workflow: from the storefront's click to the closed books."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from models.allocation.messages import Sourcing
    from models.delivery.rules import transit_days
    from models.order.fulfilment import due_news, due_sourcing, next_wait, short_until
    from models.order.messages import Fact
    from models.order.records import Axes, Notice, NoticeKind
    from models.order.run_state import OrderResult, StartOrder, Undo
    from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState, Stage
    from models.order.waits import WaitingFor
    from models.review.messages import Purpose
    from workflows.allocation.allocate_order import allocate_order, release_stock, wants_of
    from workflows.care.await_receipt import await_receipt
    from workflows.delivery.book_carrier import book_carrier, void_label
    from workflows.delivery.follow_parcels import take_news
    from workflows.intake.take_order import take_order
    from workflows.preparation.prepare_parcels import open_parcels, work_bench
    from workflows.returns.await_window import await_window
    from workflows.review.decisions import ReviewMessages
    from workflows.review.guard_money import guard_money
    from workflows.review.hold_money import authorise, give_money_back, hold_money, void
    from workflows.review.review_order import review_order
    from workflows.settlement.deposits import take_deposit, undo_deposit
    from workflows.settlement.stored_value import hold_stored_value, release_stored_value
    from workflows.settlement.take_money import refund_payment, take_money
    from workflows.shared.details import current_details
    from workflows.shared.life import OrderEnds, OrderLife, finish_handlers
    from workflows.shared.messages import OrderMessages
    from workflows.shared.waiting import resume_wait, wait_for, wait_for_attention

_MONEY = ("void_payment", "return_deposit", "release_stored_value")
_HELD_NOTHING = (PaymentState.NONE, PaymentState.PENDING, PaymentState.DECLINED, PaymentState.EXPIRED)

# Step → its undo. `OrderLife.will_undo` registers a step's undo before the step runs.
UNDOS: dict[str, Callable[[OrderLife, Undo], Awaitable[bool]]] = {
    "void_payment": give_money_back,
    "release_stock": release_stock,
    "void_label": void_label,
    "refund_payment": refund_payment,
    "return_deposit": undo_deposit,
    "release_stored_value": release_stored_value,
}


@workflow.defn(name="OrderWorkflow")
class OrderWorkflow(OrderMessages, ReviewMessages):
    """The life of one order."""

    @workflow.init
    def __init__(self, start: StartOrder) -> None:
        self.life = OrderLife(start.order, start.run)
        self.life.attend = lambda step, why, can_skip: wait_for_attention(self.life, step, why, can_skip)
        self.life.guard = lambda: guard_money(self.life)

    @workflow.run
    async def run(self, start: StartOrder) -> OrderResult:
        """Live until the books are closed."""
        life = self.life
        try:
            while not life.run.outcome:
                try:
                    await self._live(life)
                except OrderEnds:
                    await self._unwind(life)
        except BaseException as error:
            task = asyncio.current_task()
            if not is_cancelled_exception(error) or task is None:
                raise
            task.uncancel()  # taken up: what follows may wait again
            life.end(Outcome.CANCELLED, "cancelled by an operator in Temporal", "operator")
            await self._unwind(life, forced=True)
            await finish_handlers(life)
            raise
        workflow.set_current_details(current_details(life.order, life.run, workflow.now()))
        await finish_handlers(life)
        return OrderResult(
            order_number=life.order.order_number, outcome=life.run.outcome, state=life.run.order_state
        )

    async def _live(self, life: OrderLife) -> None:
        if not await take_order(life):
            life.run.outcome = Outcome.REJECTED
            return
        await review_order(life)
        await hold_stored_value(life)
        if life.run.deposit_bp:
            await take_deposit(
                life,
                lambda amount: authorise(life, amount, Purpose.DEPOSIT),
                lambda key: void(life, key, replaced=True),
            )
        await hold_money(life)
        await self._fulfil(life)
        if any(parcel.end == "delivered" for parcel in life.run.parcels.values()):
            await await_receipt(life)
            await take_money(life, lambda due_minor: hold_money(life, due_minor))
            for undo in [one for one in life.run.undos if one.step == "void_payment" and life.run.settled]:
                await void(life, undo.key, replaced=True, rest=True)  # the deposit or stored value was enough
                life.drop_undo(undo.step, undo.key)
            if not life.run.written_off:
                await await_window(life)
        await self._close(life)

    async def _fulfil(self, life: OrderLife) -> None:
        """Source, pack, send and follow parcels until each has come to its end. What is held is left out until it is released."""
        run = life.run
        if run.to_source is None:
            run.to_source = [Sourcing(cause="order", wants=wants_of(life))]
        days = transit_days(run.policy.delivery, life.order.service)
        while run.to_source or run.unpacked or run.live_parcels:
            if run.unpacked:
                await open_parcels(life)
            elif news := due_news(run):
                await take_news(life, news)
            elif due_sourcing(run):
                await allocate_order(life, days)
            else:
                await self._wait(life)
                if life.jobs:
                    await work_bench(life, book_carrier)

    async def _wait(self, life: OrderLife) -> None:
        """Wait until something of the order can be done, or it waits for another thing."""
        run, name = life.run, next_wait(life.run)
        if name is WaitingFor.STOCK:
            resume_wait(life, name, short_until(run))

        def ready() -> bool:
            return bool(life.jobs or due_news(run) or due_sourcing(run)) or next_wait(run) is not name

        await wait_for(life, name, ready, endable=not run.gone)

    async def _close(self, life: OrderLife) -> None:
        """Close the books of an order that went its whole way, or whose goods never arrived."""
        run = life.run
        ends = {parcel.end for parcel in run.parcels.values()}
        if "delivered" not in ends or run.written_off:
            for undo in [one for one in reversed(run.undos) if one.step in _MONEY]:
                await UNDOS[undo.step](life, undo)
        if "delivered" in ends:
            run.move(order=OrderState.CLOSED, payment=PaymentState.VOIDED if run.written_off else None)
            outcome = Outcome.WRITTEN_OFF if run.written_off else Outcome.COMPLETED
        else:
            lost = "lost" in ends
            run.move(
                order=OrderState.UNDELIVERABLE,
                fulfilment=FulfilmentState.LOST if lost else FulfilmentState.RETURNED,
            )
            outcome = Outcome.LOST if lost else Outcome.RETURNED_TO_SENDER
        await self._write_end(life, outcome, ())

    async def _unwind(self, life: OrderLife, forced: bool = False) -> None:
        """Run the undos in reverse. When the carrier has a parcel already the order goes on, unless Temporal itself cancelled it."""
        run = life.run
        ending = run.ending or Outcome.CANCELLED
        if run.recorded and not run.gone:
            # A worker that died may have reserved in a workflow task that was never finished: then no undo is registered.
            life.will_undo("release_stock", life.key("reserve_stock"))
        for undo in reversed(tuple(run.undos)):
            if run.gone and undo.step in ("void_label", "release_stock"):
                life.fact(f"{undo.step}_impossible", why="the carrier has the parcel")
                continue
            if not await UNDOS[undo.step](life, undo) and not forced:
                life.fact("cancel_refused", actor=run.ending_by, why="the carrier has the parcel already")
                run.ending = None
                return
            if undo in run.undos:
                run.undos.remove(undo)
        if not run.recorded:
            run.outcome = ending
            return
        state = OrderState.REJECTED if ending is Outcome.REJECTED else OrderState.CANCELLED
        run.move(order=state)
        if not run.gone and run.fulfilment_state is not FulfilmentState.RELEASED:
            run.move(fulfilment=FulfilmentState.RELEASED)
        if run.payment_state in _HELD_NOTHING:
            run.move(payment=PaymentState.VOIDED)
        kind = NoticeKind.REJECTED if ending is Outcome.REJECTED else NoticeKind.CANCELLED
        await self._write_end(life, ending, (Notice(kind=kind, data={"why": run.ending_why}),))

    async def _write_end(self, life: OrderLife, outcome: Outcome, notices: tuple[Notice, ...]) -> None:
        run = life.run
        run.holds.clear()
        run.waiting_for = run.waiting_since = run.deadline_at = None
        axes = Axes(
            order=run.order_state,
            payment=run.payment_state,
            fulfilment=run.fulfilment_state,
            risk=run.risk,
            outcome=outcome,
            closed_at=workflow.now(),
        )
        stage = Stage.RETURNS if outcome is Outcome.COMPLETED else run.stage
        fact = Fact(what=f"ended_{outcome}", actor=run.ending_by or "orderloom", why=run.ending_why)
        await life.record(life.key("close"), stage, (fact,), notices, axes)
        run.outcome = outcome
