"""What storefronts, customers, benches, operators and machines say to an order; what reviewers say is in `review/decisions.py`."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.allocation.messages import StockArrived
from models.allocation.preorders import PreorderMoved
from models.delivery.messages import ParcelNews
from models.order.fulfilment import held_back
from models.order.holds import reasons
from models.order.messages import (
    Acceptance,
    Answer,
    Attend,
    Decision,
    PayAgain,
    Resolve,
    Submission,
    Verdict,
)
from models.order.rules import bench_objection, parcel_objection
from models.order.run_state import Snapshot
from models.preparation.messages import BenchAnswer, BenchWork
from models.review.messages import PaymentNews
from models.shared.errors import ErrorCode
from workflows.shared.jobs import BenchJob
from workflows.shared.spoken import Spoken


class OrderMessages(Spoken):
    """The doors of `OrderWorkflow`."""

    @workflow.update(description="The storefront hands the order in and hears at once whether it is taken.")
    async def submit(self, submission: Submission) -> Acceptance:
        """Accepted once it is written down; another body under the same number is a reused key."""
        run, order = self.life.run, self.life.order
        if submission.fingerprint != order.fingerprint:
            return Acceptance(verdict=Verdict.KEY_REUSED, order_number=order.order_number)
        await workflow.wait_condition(lambda: run.recorded or run.refused)
        return Acceptance(
            verdict=Verdict.DUPLICATE_SOURCE if run.refused else Verdict.ACCEPTED,
            order_number=order.order_number,
            order_class=run.order_class,
            priority=run.priority,
            promised_by=run.promised_by,
        )

    @workflow.signal(
        name="cancel", description='Cancel the order; what was done is undone: {"by": "ana", "why": "…"}'
    )
    def cancel_signal(self, decision: Decision) -> None:
        self._signalled("cancel", decision)

    @workflow.update(name="cancel", description="Cancel the order; what was done is undone.")
    def cancel(self, decision: Decision) -> Answer:
        return self._obey("cancel", decision)

    @workflow.update(
        name="pay_again", description="The customer gives another payment method after a declined one."
    )
    def pay_again(self, decision: PayAgain) -> Answer:
        """Tries to authorise with the other method."""
        return self._obey("pay_again", decision)

    @workflow.update(
        name="pay_deposit",
        description="The customer lets a deposit be taken, with the order's payment method or another one.",
    )
    def pay_deposit(self, decision: PayAgain) -> Answer:
        """Ends the wait for a deposit."""
        return self._obey("pay_deposit", decision)

    @workflow.update(
        name="confirm_payment",
        description="The storefront or the customer says that a pending payment is paid: the provider is asked.",
    )
    def confirm_payment(self, decision: Decision) -> Answer:
        """Ends the wait for payment, if the provider says so too."""
        return self._obey("confirm_payment", decision)

    @workflow.update(
        name="confirm_receipt", description="The customer confirms receipt: the money is taken now."
    )
    def confirm_receipt(self, decision: Decision) -> Answer:
        """Ends the wait for receipt."""
        return self._obey("confirm_receipt", decision)

    @workflow.update(
        name="attend",
        description="An operator deals with a step that used up its attempts: retry, skip or abort.",
    )
    def attend(self, decision: Attend) -> Answer:
        """Ends `needs_attention`."""
        return self._obey("attend", decision)

    @workflow.update(name="resolve", description="Care settles a lost or damaged parcel: reship or refund.")
    def resolve(self, decision: Resolve) -> Answer:
        """Ends the wait for a parcel's decision."""
        return self._obey("resolve", decision)

    @workflow.update(
        name="bench",
        description="The bench picked, checked, packed or labelled a parcel, or found pieces missing.",
    )
    async def bench(self, work: BenchWork) -> BenchAnswer:
        """Answered by the main coroutine, after `label` with the label."""
        if not self.life.run.first_time(work.request_id):
            return BenchAnswer(done=True, said="already done")
        job = BenchJob(work)
        self.life.jobs.append(job)
        await workflow.wait_condition(lambda: job.answer is not None)
        assert job.answer is not None
        return job.answer

    @cancel.validator
    def _may_cancel(self, decision: Decision) -> None:
        self._refuse("cancel", decision)

    @pay_again.validator
    def _may_pay_again(self, decision: PayAgain) -> None:
        self._refuse("pay_again", decision)

    @pay_deposit.validator
    def _may_pay_deposit(self, decision: PayAgain) -> None:
        self._refuse("pay_deposit", decision)

    @confirm_payment.validator
    def _may_confirm_payment(self, decision: Decision) -> None:
        self._refuse("confirm_payment", decision)

    @confirm_receipt.validator
    def _may_confirm(self, decision: Decision) -> None:
        self._refuse("confirm_receipt", decision)

    @attend.validator
    def _may_attend(self, decision: Attend) -> None:
        self._refuse("attend", decision)

    @resolve.validator
    def _may_resolve(self, decision: Resolve) -> None:
        self._refuse("resolve", decision)

    @bench.validator
    def _may_work(self, work: BenchWork) -> None:
        if reason := bench_objection(self.life.run, work):
            raise ApplicationError(reason, type=ErrorCode.NOT_ALLOWED_NOW, non_retryable=True)

    @workflow.signal(description="News of the payment provider about a pending authorisation.")
    def payment_news(self, news: PaymentNews) -> None:
        """Kept once; the wait for payment takes it up."""
        if self.life.run.first_time(news.request_id):
            self.life.run.payment_news.append(news)

    @workflow.signal(
        description="News of a carrier that changes what happens next: handed over, delivered, lost, returned."
    )
    def parcel_news(self, news: ParcelNews) -> None:
        """Kept once; delivery takes it up. News of a parcel that is held waits for the release, and operators are told."""
        run = self.life.run
        if not run.first_time(news.request_id):
            return
        run.parcel_news.append(news)
        if held_back(run, news):
            why = f"{news.news}, and {parcel_objection(run, run.parcels[news.parcel_id])}"
            self.life.fact("parcel_news_held", why=why, data={"parcel": news.parcel_id})

    @workflow.signal(description="Stock arrived of something that this order lacks: try again.")
    def stock_arrived(self, arrival: StockArrived) -> None:
        """Ends the wait for stock."""
        if self.life.run.first_time(arrival.request_id):
            self.life.run.stock_arrivals += 1

    @workflow.signal(
        description="Preordered goods that this order waits for ship from another date: promise anew."
    )
    def preorder_moved(self, moved: PreorderMoved) -> None:
        """Ends the wait for stock, like an arrival: the order looks again."""
        if self.life.run.first_time(moved.request_id):
            self.life.run.stock_arrivals += 1

    @workflow.query(description="Where the order stands on every axis.")
    def snapshot(self) -> Snapshot:
        """For the auditor, who compares it with the tables."""
        run = self.life.run
        return Snapshot(
            order_number=self.life.order.order_number,
            stage=run.stage,
            order_state=run.order_state,
            payment_state=run.payment_state,
            fulfilment_state=run.fulfilment_state,
            risk=run.risk,
            outcome=run.outcome,
            waiting_for=run.waiting_for or "",
            holds=reasons(run.holds),
            captured_minor=run.captured_minor,
            hold_ids=tuple(hold.hold_id for hold in run.holds),
        )
