"""What the HTTP door is made of. Everything is handed in, so that a test can hand in doubles."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from activities.allocation.reads import StockReads, StockView
from activities.intake.catalogue import Catalogue
from activities.intake.deliveries import Deliveries
from activities.intake.drafts import DraftBook
from activities.intake.ports import AddressBook, CatalogueReader, ContactBook
from activities.intake.taken import TakenOrders
from activities.intake.task_reads import TaskReads
from activities.intake.tasks import IntakeTasks
from activities.order.credit_records import CreditAccounts, CreditView
from activities.order.reads import OrderReads
from activities.order.views import Counts, OrderPage, OrderRow, OrderView
from activities.preparation.reads import BenchReads, BenchTask
from activities.settlement.disputes.reads import DisputePage, DisputeReads, DisputeView
from activities.shared.database import Database
from activities.shared.inbox import first_use, receive
from activities.shared.reading import ReadEngine
from models.allocation.messages import Received, StockReceipt
from models.allocation.preorders import Preorder
from models.intake.drafts import DraftView
from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, Mend, TaskPage, TaskView
from models.order.messages import Acceptance, Answer, Decision, Order
from models.order.states import HoldReason, OrderState, Stage
from models.preparation.messages import BenchAnswer, BenchWork
from models.settlement.disputes.states import DisputeState
from models.shared.errors import Refused
from starter.desk import Desk
from starter.disputes import DisputeDoor, DisputeTalk
from starter.drafting import Drafting
from starter.mending import Mending
from starter.reading import OrderReader, utc_now
from starter.settings import Settings


class DeskPort(Protocol):
    """What the door asks of Temporal; see `starter.desk.Desk`."""

    async def decide(self, order_number: str, verb: str, message: Decision) -> Answer: ...
    async def bench(self, work: BenchWork) -> BenchAnswer: ...
    async def receive_stock(self, receipt: StockReceipt) -> Received: ...
    async def ping(self) -> None: ...


class TakingPort(Protocol):
    """How the door takes an order; see `starter.taking.Taking`."""

    async def take(self, order: Order) -> Acceptance: ...


class OrdersPort(Protocol):
    """What the door reads of orders; see `activities.order.reads.OrderReads`."""

    async def order(self, order_number: str) -> OrderView | None: ...
    async def orders(
        self,
        stage: Stage | None = None,
        waiting_for: str | None = None,
        state: OrderState | None = None,
        limit: int = 50,
        after: str = "",
        hold: HoldReason | None = None,
        owner: str = "",
    ) -> OrderPage: ...
    async def reviews(self, limit: int = 50, reviewer: str | None = None) -> tuple[OrderRow, ...]: ...
    async def counts(self) -> Counts: ...


class BenchPort(Protocol):
    """What the door reads of benches; see `activities.preparation.reads.BenchReads`."""

    async def open_tasks(self, warehouse: str = "", limit: int = 100) -> tuple[BenchTask, ...]: ...


class StockPort(Protocol):
    """What the door reads of stock; see `activities.allocation.reads.StockReads`."""

    async def stock(self, sku: str) -> StockView | None: ...
    async def has_warehouse(self, code: str) -> bool: ...
    async def preorders(self) -> tuple[Preorder, ...]: ...


class DisputesPort(Protocol):
    """What the door reads of disputes; see `activities.settlement.disputes.reads.DisputeReads`."""

    async def disputes(
        self,
        state: DisputeState | None = None,
        open_only: bool = False,
        order_number: str = "",
        limit: int = 50,
        after: str = "",
    ) -> DisputePage: ...
    async def dispute(self, reference: str) -> DisputeView | None: ...


class TasksPort(Protocol):
    """What the door reads of intake tasks; see `activities.intake.task_reads.TaskReads`."""

    async def task(self, task_id: str) -> TaskView | None: ...
    async def tasks(
        self,
        state: TaskState | None = None,
        channel: str = "",
        owner: str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> TaskPage: ...


class MendingPort(Protocol):
    """What the door does with bodies that have faults; see `starter.mending.Mending`."""

    async def hold(self, raw: Any, faults: Refused) -> TaskView | None: ...
    async def mend(self, task_id: str, said: Mend) -> TaskView: ...
    async def claim(self, task_id: str, said: ClaimTask) -> TaskView: ...
    async def drop(self, task_id: str, said: Decision) -> TaskView: ...


class DraftsPort(Protocol):
    """What the door does with drafts; see `starter.drafting.Drafting`."""

    async def write(self, body: Any, key: str = "") -> DraftView: ...
    async def show(self, draft_id: str) -> DraftView: ...
    async def change(self, draft_id: str, patch: Any, version: int = 0) -> DraftView: ...
    async def confirm(self, draft_id: str, version: int = 0) -> Acceptance: ...
    async def delete(self, draft_id: str, version: int = 0) -> None: ...


class DeliveriesPort(Protocol):
    """Which webhooks of storefronts were answered; see `activities.intake.deliveries.Deliveries`."""

    async def answered(self, channel: str, delivery_id: str, digest: str) -> dict[str, Any] | None: ...
    async def note(self, channel: str, delivery_id: str, digest: str, answer: dict[str, Any]) -> None: ...


# Source, event id, payload → True when the event is new.
Receive = Callable[[str, str, Mapping[str, Any]], Awaitable[bool]]
# Channel, key, fingerprint → False when the key belongs to another body.
FirstUse = Callable[[str, str, str], Awaitable[bool]]
# An order → what it would be answered because it is there already, None when it is new.
Known = Callable[[Order], Awaitable[Acceptance | None]]
# A customer's id → the credit account with what is used of it, None when there is none.
Credit = Callable[[str], Awaitable[CreditView | None]]


@dataclass(frozen=True)
class DoorParts:
    """Everything that the door needs; `DoorParts.over` joins the real ones."""

    desk: DeskPort
    taking: TakingPort
    orders: OrdersPort
    bench: BenchPort
    stock: StockPort
    disputes: DisputesPort
    dispute_door: DisputeTalk
    tasks: TasksPort
    mending: MendingPort
    deliveries: DeliveriesPort
    drafts: DraftsPort
    catalogue: CatalogueReader
    addresses: AddressBook
    contacts: ContactBook
    receive: Receive
    first_use: FirstUse
    known: Known
    credit: Credit
    ping_database: Callable[[], Awaitable[None]]
    settings: Settings
    now: Callable[[], datetime] = utc_now

    @classmethod
    def over(
        cls,
        desk: Desk,
        taking: TakingPort,
        known: Known,
        database: Database,
        engine: ReadEngine,
        addresses: AddressBook,
        contacts: ContactBook,
        settings: Settings,
    ) -> "DoorParts":
        """The door over an open pool, a read engine and a desk; whoever made them closes them."""
        catalogue, taken = Catalogue(database), TakenOrders(database)
        reader = OrderReader(catalogue, addresses, contacts, known)
        return cls(
            desk=desk,
            taking=taking,
            orders=OrderReads(engine),
            bench=BenchReads(engine),
            stock=StockReads(engine),
            disputes=DisputeReads(engine),
            dispute_door=DisputeDoor(desk.client),
            tasks=TaskReads(engine),
            mending=Mending(reader, IntakeTasks(database, taken), taking),
            deliveries=Deliveries(database),
            drafts=Drafting(reader, DraftBook(database, taken, settings.draft_ttl_s), taking),
            catalogue=catalogue,
            addresses=addresses,
            contacts=contacts,
            receive=partial(receive, database),
            first_use=partial(first_use, database),
            known=known,
            credit=CreditAccounts(database).show,
            ping_database=engine.ping,
            settings=settings,
        )

    async def read(self, raw: Any) -> Order:
        """The order in a decoded body. Raises `Refused` with every fault."""
        return await OrderReader(self.catalogue, self.addresses, self.contacts, self.known, self.now).read(
            raw
        )
