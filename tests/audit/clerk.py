"""Lets orders live without a workflow: the real steps and stores, against the simulators."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.adapters.carrier_simulator import CarrierSimulator
from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import FaultPlan
from activities.allocation.steps import AllocationSteps
from activities.allocation.store import StockRecords
from activities.delivery.steps import DeliverySteps
from activities.delivery.store import ShipmentRecords
from activities.intake.steps import IntakeSteps
from activities.intake.store import IntakeRecords
from activities.order.steps import OrderSteps
from activities.order.store import OrderRecords
from activities.preparation.steps import PreparationSteps
from activities.preparation.store import ParcelRecords
from activities.review.steps import ReviewSteps
from activities.review.store import ReviewRecords
from activities.settlement.deposits import DepositRecords
from activities.settlement.steps import SettlementSteps
from activities.settlement.store import LedgerRecords
from activities.shared.database import Database
from models.allocation.messages import (
    Destination,
    Part,
    ReleaseStock,
    Reserve,
    StockReceipt,
)
from models.delivery.messages import Booked, VoidLabel
from models.intake.messages import RecordOrder
from models.order.messages import Fact, Order, Progress, Want
from models.order.policy import Policy
from models.order.records import Axes, RecordFacts
from models.order.states import FulfilmentState, OrderState, Outcome, PaymentState, RiskVerdict, Stage
from models.preparation.messages import ParcelPlan
from models.review.messages import Authorise, Authorised, CreditTier, PaymentStatus, RiskDecision, VoidPayment
from models.settlement.messages import Capture, Refund
from models.settlement.rules import amount_minor, shares
from models.shared.ids import step_key

POLICY = Policy()
DAYS = {"domestic": 4, "region": 7, "world": 14}
DECISION = RiskDecision(verdict=RiskVerdict.ACCEPT, tier=CreditTier.NEW)


class Clerk:
    """Does for one order what its workflow would."""

    def __init__(self, db: Database, order: Order) -> None:
        self.db, self.order, self.number = db, order, order.order_number
        self.psp = PspSimulator(db, FaultPlan.none(), webhooks=False)
        self.carriers = CarrierSimulator(db, FaultPlan.none())
        self.intake = IntakeSteps(IntakeRecords(db))
        self.review = ReviewSteps(ReviewRecords(db), self.psp)
        self.stock = AllocationSteps(StockRecords(db))
        self.bench = PreparationSteps(ParcelRecords(db))
        self.delivery = DeliverySteps(ShipmentRecords(db), self.carriers)
        self.settlement = SettlementSteps(LedgerRecords(db), DepositRecords(db), self.psp)
        self.facts = OrderSteps(OrderRecords(db))
        self.plans: dict[str, ParcelPlan] = {}
        self.labels: dict[str, Booked] = {}
        self.paid = Authorised(status=PaymentStatus.PENDING)

    def key(self, step: str, version: str | int = 1) -> str:
        return step_key(self.number, step, version)

    def progress(self, stage: Stage, waiting_for: str = "", **states: object) -> Progress:
        return Progress(order_number=self.number, stage=stage, waiting_for=waiting_for).model_copy(
            update=states
        )

    async def take(self) -> None:
        """Record the order and authorise its total."""
        order = self.order
        await self.intake.record_order(
            RecordOrder(
                key=self.key("record_order"),
                first_run_id="run",
                order=order,
                progress=self.progress(Stage.INTAKE),
                now=datetime.now(UTC),
            )
        )
        self.paid = await self.review.authorise_payment(
            Authorise(
                key=self.key("authorise_payment"),
                order_number=self.number,
                amount_minor=order.total_minor,
                currency=order.currency,
                method=order.payment.method,
                token=order.payment.token,
                decision=DECISION,
                progress=self.progress(Stage.REVIEW),
            )
        )

    async def reserve(
        self, version: int = 1, wants: tuple[Want, ...] = (), excluded: tuple[str, ...] = ()
    ) -> tuple[Part, ...]:
        """Reserve everything, or `wants`; waits for stock when it is short."""
        all_of_it = tuple(Want(line_no=n.line_no, sku=n.sku, quantity=n.quantity) for n in self.order.lines)
        plan = await self.stock.reserve_stock(
            Reserve(
                key=self.key("reserve_stock", version),
                order_number=self.number,
                wants=wants or all_of_it,
                destination=Destination(country=self.order.ship_to.country),
                now=datetime.now(UTC),
                policy=POLICY.allocation,
                transit_days=DAYS,
                progress=self.progress(
                    Stage.ALLOCATION,
                    order_state=OrderState.CONFIRMED,
                    fulfilment_state=FulfilmentState.RESERVED,
                ),
                waiting_progress=self.progress(
                    Stage.ALLOCATION, "stock", fulfilment_state=FulfilmentState.SHORT
                ),
                excluded=excluded,
            )
        )
        return plan.parts

    async def release(self, warehouse: str = "", wants: tuple[Want, ...] = ()) -> None:
        """Give stock back."""
        key = self.key("release_stock", warehouse or "all")
        progress = self.progress(Stage.ALLOCATION)
        await self.stock.release_stock(
            ReleaseStock(
                key=key, order_number=self.number, why="", progress=progress, warehouse=warehouse, wants=wants
            )
        )

    async def capture(self) -> None:
        """Take the money for all of it."""
        parts = shares(self.order)
        await self.settlement.capture_payment(
            Capture(
                key=self.key("capture_payment"),
                order_number=self.number,
                reference=self.paid.reference,
                amount_minor=amount_minor(parts),
                currency=self.order.currency,
                shares=parts,
                commission_bp=1_200,
                progress=self.progress(Stage.SETTLEMENT, "return_window"),
            )
        )

    async def refund(self, amount: int) -> None:
        """Give a part back."""
        await self.settlement.refund_payment(
            Refund(
                key=self.key("refund_payment"),
                order_number=self.number,
                reference=self.paid.reference,
                card_minor=amount,
                currency=self.order.currency,
                why="",
                progress=self.progress(Stage.SETTLEMENT),
            )
        )

    async def unwind(self) -> None:
        """Cancel: the undos of everything."""
        for name, label in self.labels.items():
            await self.delivery.void_label(
                VoidLabel(
                    key=self.key("void_label", name),
                    order_number=self.number,
                    parcel_id=name,
                    carrier=label.carrier,
                    tracking_number=label.tracking_number,
                    progress=self.progress(Stage.DELIVERY),
                )
            )
        await self.release()
        await self.review.void_payment(
            VoidPayment(
                key=self.key("void_payment"),
                order_number=self.number,
                reference=self.paid.reference,
                authorise_key=self.key("authorise_payment"),
                progress=self.progress(Stage.REVIEW),
            )
        )

    async def write(self, key: str, axes: Axes, *facts: Fact) -> None:
        """Facts and axes between the stages."""
        await self.facts.record_facts(
            RecordFacts(
                key=self.key(key),
                order_number=self.number,
                progress=self.progress(Stage.RETURNS),
                axes=axes,
                facts=facts,
            )
        )

    async def close(
        self, outcome: Outcome, order: OrderState, fulfilment: FulfilmentState, payment: PaymentState
    ) -> None:
        """Close the books."""
        axes = Axes(
            order=order, fulfilment=fulfilment, payment=payment, outcome=outcome, closed_at=datetime.now(UTC)
        )
        await self.write("close", axes, Fact(what=f"ended_{outcome}"))

    async def receive(self, warehouse: str, sku: str, quantity: int) -> None:
        """Goods from a supplier."""
        receipt = StockReceipt(
            receipt_id=f"{warehouse}-{sku}", warehouse=warehouse, sku=sku, quantity=quantity
        )
        await self.stock.receive_stock(receipt)
