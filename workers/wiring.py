"""The only place that joins ports to adapters."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from activities.adapters.carrier_simulator import CarrierSimulator, CourierPlan
from activities.adapters.psp_simulator import PspDisputes, PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.smtp_mail import SmtpMailer
from activities.allocation.steps import AllocationSteps
from activities.allocation.store import StockRecords
from activities.care.store import NoticeOutboxStore
from activities.delivery.steps import DeliverySteps
from activities.delivery.store import ShipmentRecords
from activities.intake.steps import IntakeSteps
from activities.intake.store import IntakeRecords
from activities.intake.taken import TakenOrders
from activities.order.steps import OrderSteps
from activities.order.store import OrderRecords
from activities.preparation.steps import PreparationSteps
from activities.preparation.store import ParcelRecords
from activities.review.ports import PaymentGateway
from activities.review.steps import ReviewSteps
from activities.review.store import ReviewRecords
from activities.settlement.deposits import DepositRecords
from activities.settlement.disputes.ports import DisputeDesk
from activities.settlement.disputes.steps import DisputeSteps
from activities.settlement.disputes.store import DisputeRecords
from activities.settlement.steps import SettlementSteps
from activities.settlement.store import LedgerRecords
from activities.settlement.stored_steps import StoredValueSteps
from activities.settlement.stored_value import StoredValueRecords
from activities.shared.database import Database
from activities.shared.inbox_store import InboxStore
from models.order.records import Audience
from models.shared.ids import TASK_QUEUE
from starter.settings import Settings
from workers.payments import stripe_of
from workers.relays.inbox import Hear, InboxRelay
from workers.relays.outbox import OutboxRelay
from workers.relays.taken import TakenRelay

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class World:
    """The outside systems that the steps talk to."""

    payments: PaymentGateway
    carriers: CarrierSimulator
    disputes: DisputeDesk


@dataclass(frozen=True)
class Outside(World):
    """The simulators, with their journals in a pool of their own."""

    payments: PspSimulator
    disputes: PspDisputes


def fault_plan(settings: Settings) -> FaultPlan:
    """The seeded plan of `ORDERLOOM_FAULT_SEED` and `ORDERLOOM_FAULT_RATE`, shared evenly by every kind of fault."""
    if settings.fault_rate <= 0:
        return FaultPlan.none()
    kinds = [fault for fault in Fault if fault is not Fault.WRONG_AMOUNT]
    return FaultPlan(settings.fault_seed, {fault: settings.fault_rate / len(kinds) for fault in kinds})


def courier_plan(settings: Settings) -> CourierPlan | None:
    """How couriers work by themselves; None when nothing happens to a parcel until somebody says so."""
    if not settings.courier:
        return None
    plain = CourierPlan()
    return CourierPlan(
        seed=settings.courier_seed,
        pickup_s=plain.pickup_s / settings.courier_speed,
        transit_s=plain.transit_s / settings.courier_speed,
        lost_rate=settings.courier_lost_rate,
        returned_rate=settings.courier_returned_rate,
    )


def outside(
    journal: Database, settings: Settings, courier: CourierPlan | None = None, faults: FaultPlan | None = None
) -> Outside:
    """The simulators over their journal; without a plan, with the faults of the settings."""
    plan = faults or fault_plan(settings)
    return Outside(
        payments=PspSimulator(journal, plan, webhooks=settings.psp_webhooks),
        carriers=CarrierSimulator(journal, plan, courier),
        disputes=PspDisputes(journal, plan, webhooks=settings.psp_webhooks),
    )


@contextlib.asynccontextmanager
async def world(
    database: Database, journal: Database, settings: Settings, courier: CourierPlan | None = None
) -> AsyncIterator[World]:
    """What the settings name: Stripe or the simulated provider, and the simulated carriers. Raises `Refused`."""
    simulated = outside(journal, settings, courier)
    if settings.payments != "stripe":
        yield simulated
        return
    async with stripe_of(settings) as client:
        from activities.adapters.stripe import StepRecall, StripeDisputes, StripeGateway

        gateway = StripeGateway(client, StepRecall(database), settings.stripe_multicapture)
        yield World(gateway, simulated.carriers, StripeDisputes(client))


@contextlib.asynccontextmanager
async def hears(settings: Settings) -> AsyncIterator[Mapping[str, Hear]]:
    """Who understands the events of a source that does not speak as we do. Raises `Refused`."""
    if settings.payments != "stripe":
        yield {}
        return
    async with stripe_of(settings) as client:
        from activities.adapters.stripe import StripeEvents

        yield {"stripe": StripeEvents(client)}


def steps(database: Database, world: World) -> list[Callable[..., Any]]:
    """Every activity, over its store and its outside system."""
    order = OrderSteps(OrderRecords(database))
    intake = IntakeSteps(IntakeRecords(database))
    review = ReviewSteps(ReviewRecords(database), world.payments)
    allocation = AllocationSteps(StockRecords(database))
    preparation = PreparationSteps(ParcelRecords(database))
    delivery = DeliverySteps(ShipmentRecords(database), world.carriers)
    settlement = SettlementSteps(LedgerRecords(database), DepositRecords(database), world.payments)
    stored = StoredValueSteps(StoredValueRecords(database))
    disputes = DisputeSteps(DisputeRecords(database), world.disputes)
    return [
        order.record_facts,
        intake.record_order,
        review.record_verdict,
        review.look_up_payment,
        review.authorise_payment,
        review.void_payment,
        allocation.reserve_stock,
        allocation.release_stock,
        allocation.commit_stock,
        allocation.restock,
        allocation.receive_stock,
        allocation.set_preorder,
        preparation.open_parcels,
        preparation.record_bench,
        delivery.book_parcel,
        delivery.void_label,
        settlement.capture_payment,
        settlement.refund_payment,
        settlement.take_deposit,
        settlement.return_deposit,
        stored.hold_stored_value,
        stored.release_stored_value,
        disputes.record_dispute,
        disputes.pack_evidence,
        disputes.note_dispute,
        disputes.submit_evidence,
        disputes.accept_dispute,
        disputes.ask_dispute,
        disputes.close_dispute,
    ]


def inbox_relay(
    database: Database, client: Client, hears: Mapping[str, Hear] | None = None, task_queue: str = TASK_QUEUE
) -> InboxRelay:
    """The relay from the inbox to the workflows."""
    return InboxRelay(InboxStore(database), client, hears, task_queue)


@contextlib.asynccontextmanager
async def taken_relay(database: Database, client: Client, settings: Settings) -> AsyncIterator[TakenRelay]:
    """The relay from the book of taken orders to the workflows."""
    from activities.order.reads import OrderReads
    from activities.shared.reading import ReadEngine
    from starter.desk import Desk

    engine = ReadEngine(settings.database_url)
    try:
        yield TakenRelay(TakenOrders(database), Desk(client, OrderReads(engine), settings))
    finally:
        await engine.close()


def outbox_relay(database: Database, settings: Settings, journal: Database | None) -> OutboxRelay:
    """The relay from the outbox to the mail server."""
    mailer = SmtpMailer(settings.smtp_host, settings.smtp_port, settings.mail_from, journal)
    colleagues = {
        Audience.PURCHASING: settings.purchasing_mail,
        Audience.OPERATIONS: settings.operations_mail,
        Audience.CARE: settings.care_mail,
    }
    return OutboxRelay(NoticeOutboxStore(database), mailer, colleagues)
