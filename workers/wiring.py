"""The only place that joins ports to adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.adapters.carrier_simulator import CarrierSimulator, CourierPlan
from activities.adapters.psp_simulator import PspSimulator
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.smtp_mail import SmtpMailer
from activities.allocation.steps import AllocationSteps
from activities.allocation.store import StockRecords
from activities.care.store import NoticeOutboxStore
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
from activities.settlement.steps import SettlementSteps
from activities.settlement.store import LedgerRecords
from activities.shared.database import Database
from activities.shared.inbox_store import InboxStore
from models.order.records import Audience
from models.shared.errors import Unavailable
from starter.settings import Settings
from workers.relays.inbox import InboxRelay
from workers.relays.outbox import OutboxRelay


@dataclass
class Outside:
    """The outside systems that the steps talk to: here the simulators, with their journals in a pool of their own."""

    payments: PspSimulator
    carriers: CarrierSimulator
    faults: FaultPlan = field(default_factory=FaultPlan.none)


def fault_plan(settings: Settings) -> FaultPlan:
    """The seeded plan of `ORDERLOOM_FAULT_SEED` and `ORDERLOOM_FAULT_RATE`, shared evenly by every kind of fault."""
    if settings.fault_rate <= 0:
        return FaultPlan.none()
    kinds = [fault for fault in Fault if fault is not Fault.WRONG_AMOUNT]
    return FaultPlan(settings.fault_seed, {fault: settings.fault_rate / len(kinds) for fault in kinds})


def outside(journal: Database, settings: Settings, courier: CourierPlan | None = None) -> Outside:
    """The simulators over their journal."""
    faults = fault_plan(settings)
    return Outside(
        payments=PspSimulator(journal, faults, webhooks=settings.psp_webhooks),
        carriers=CarrierSimulator(journal, faults, courier),
        faults=faults,
    )


def steps(database: Database, world: Outside) -> list[Callable[..., Any]]:
    """Every activity, over its store and its outside system."""
    order = OrderSteps(OrderRecords(database))
    intake = IntakeSteps(IntakeRecords(database))
    review = ReviewSteps(ReviewRecords(database), world.payments)
    allocation = AllocationSteps(StockRecords(database))
    preparation = PreparationSteps(ParcelRecords(database))
    delivery = DeliverySteps(ShipmentRecords(database), world.carriers)
    settlement = SettlementSteps(LedgerRecords(database), world.payments)
    return [
        order.record_facts,
        intake.record_order,
        review.record_verdict,
        review.record_payment_news,
        review.authorise_payment,
        review.void_payment,
        allocation.reserve_stock,
        allocation.release_stock,
        allocation.commit_stock,
        allocation.restock,
        allocation.receive_stock,
        preparation.open_parcels,
        preparation.record_bench,
        delivery.book_parcel,
        delivery.void_label,
        settlement.capture_payment,
        settlement.refund_payment,
    ]


def inbox_relay(database: Database, client: Client) -> InboxRelay:
    """The relay from the inbox to the workflows."""
    return InboxRelay(InboxStore(database), client)


def outbox_relay(database: Database, settings: Settings, journal: Database | None) -> OutboxRelay:
    """The relay from the outbox to the mail server."""
    mailer = SmtpMailer(settings.smtp_host, settings.smtp_port, settings.mail_from, journal)
    colleagues = {
        Audience.PURCHASING: settings.purchasing_mail,
        Audience.OPERATIONS: settings.operations_mail,
    }
    return OutboxRelay(NoticeOutboxStore(database), mailer, colleagues)


async def connect(address: str, namespace: str = "default") -> Client:
    """A Temporal client that speaks our messages. Raises `Unavailable`."""
    try:
        return await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    except RuntimeError as error:
        raise Unavailable(f"Temporal at {address}: {error}") from error
