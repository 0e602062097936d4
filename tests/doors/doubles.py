"""Doubles for the HTTP door. Each writes what it was asked to do into one journal; reading is not written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from activities.allocation.reads import Level, StockView
from activities.order.credit_records import CreditView
from activities.order.views import Counts, OrderPage, OrderRow, OrderView
from activities.preparation.reads import BenchTask
from activities.settlement.disputes.reads import DisputePage, DisputeView
from models.allocation.messages import Received, StockReceipt
from models.allocation.preorders import Preorder, PreorderChanged, SetPreorder, changed
from models.intake.checks import CatalogueEntry
from models.order.messages import Acceptance, Answer, Decision, Order, Verdict
from models.order.states import HoldReason, OrderState, Stage
from models.preparation.messages import BenchAnswer, BenchWork
from models.review.credit_account import CreditAccount
from models.settlement.disputes.messages import DisputeAnswer
from models.settlement.disputes.states import DisputeState
from starter.http import DoorParts
from starter.settings import Settings
from tests.doors.doubles_intake import Delivered, NoDrafts, Tasks
from tests.doors.doubles_known import DISPUTE, PREORDER
from tests.doors.inbox_double import Inbox, Journal
from tests.rules.order_bodies import ADDRESSES, CATALOGUE, CONTACTS, NOW


@dataclass
class RecordingDesk:
    """Accepts what it never saw, refuses another body under a known number; `fails` is raised instead."""

    journal: Journal = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)
    fails: Exception | None = None

    def _note(self, what: str, value: Any) -> None:
        if self.fails:
            raise self.fails
        self.journal.append((what, value))

    async def take(self, order: Order) -> Acceptance:
        first = self.orders.setdefault(order.order_number, order.fingerprint)
        if first != order.fingerprint:
            return Acceptance(verdict=Verdict.KEY_REUSED, order_number=order.order_number)
        self._note("submit", order.order_number)
        return Acceptance(verdict=Verdict.ACCEPTED, order_number=order.order_number)

    async def known(self, order: Order) -> Acceptance | None:
        if self.fails:
            raise self.fails
        first = self.orders.get(order.order_number)
        if first is None:
            return None
        verdict = Verdict.ACCEPTED if first == order.fingerprint else Verdict.KEY_REUSED
        return Acceptance(verdict=verdict, order_number=order.order_number)

    async def decide(self, order_number: str, verb: str, message: Decision) -> Answer:
        self._note(verb, (order_number, message))
        return Answer(done=True, said=verb)

    async def bench(self, work: BenchWork) -> BenchAnswer:
        self._note("bench", work)
        return BenchAnswer(done=True, said="noted")

    async def receive_stock(self, receipt: StockReceipt) -> Received:
        self._note("receive_stock", receipt)
        return Received(on_hand=receipt.quantity)

    async def set_preorder(self, change: SetPreorder) -> PreorderChanged:
        self._note("set_preorder", change)
        return PreorderChanged(preorder=changed(PREORDER if change.sku == PREORDER.sku else None, change))

    async def tell(self, reference: str, verb: str, message: Decision) -> DisputeAnswer:
        self._note(f"dispute {verb}", (reference, message))
        return DisputeAnswer(done=True, said=verb)

    async def ping(self) -> None:
        if self.fails:
            raise self.fails


@dataclass
class Shelf:
    """One SKU in one warehouse, another under preorder, no orders: what the reading ports answer.

    `orderable`: the most pieces of a SKU under preorder that an order can have. `asked`: with which hold and owner orders were
    asked for.
    """

    orderable: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[HoldReason | None, str]] = field(default_factory=list)

    async def entries(self, skus: Iterable[str]) -> Mapping[str, CatalogueEntry]:
        return {
            sku: CATALOGUE[sku].model_copy(update={"orderable": self.orderable.get(sku)})
            for sku in skus
            if sku in CATALOGUE
        }

    async def preorders(self) -> tuple[Preorder, ...]:
        return (PREORDER,)

    async def preorder(self, sku: str) -> Preorder | None:
        return PREORDER if sku == PREORDER.sku else None

    async def stock(self, sku: str) -> StockView | None:
        levels = (Level(warehouse="BER", on_hand=3, reserved=1, available=2),)
        return StockView(sku=sku, available=2, levels=levels) if sku == "MUG-1" else None

    async def has_warehouse(self, code: str) -> bool:
        return code == "BER"

    async def open_tasks(self, warehouse: str = "", limit: int = 100) -> tuple[BenchTask, ...]:
        return ()

    async def order(self, order_number: str) -> OrderView | None:
        return None

    async def orders(
        self,
        stage: Stage | None = None,
        waiting_for: str | None = None,
        state: OrderState | None = None,
        limit: int = 50,
        after: str = "",
        hold: HoldReason | None = None,
        owner: str = "",
    ) -> OrderPage:
        if after:
            raise ValueError("not a page mark")
        self.asked.append((hold, owner))
        return OrderPage(orders=())

    async def reviews(self, limit: int = 50, reviewer: str | None = None) -> tuple[OrderRow, ...]:
        return ()

    async def counts(self) -> Counts:
        return Counts(waiting_for={}, outcomes={})

    async def credit(self, customer_id: str) -> CreditView | None:
        if customer_id != "c-1":
            return None
        return CreditView(
            customer_id="c-1", currency="EUR", limit_minor=50_000, updated_at=NOW, updated_by="ana", history=CreditAccount(),
            exposure_minor=12_000, available_minor=38_000, open_orders=2,
        )  # fmt: skip

    async def disputes(
        self,
        state: DisputeState | None = None,
        open_only: bool = False,
        order_number: str = "",
        limit: int = 50,
        after: str = "",
    ) -> DisputePage:
        if after:
            raise ValueError("not a page mark")
        asked_for_all = state is None and not open_only and not order_number
        return DisputePage(disputes=(DISPUTE.dispute,) if asked_for_all else ())

    async def dispute(self, reference: str) -> DisputeView | None:
        return DISPUTE if reference == DISPUTE.dispute.reference else None


@dataclass
class Doubles:
    """The parts of a door and the journal that they share."""

    desk: RecordingDesk
    inbox: Inbox
    tasks: Tasks
    parts: DoorParts
    shelf: Shelf

    @property
    def journal(self) -> Journal:
        return self.desk.journal


def doubles(**settings: Any) -> Doubles:
    """A door without a database and without Temporal."""
    desk, shelf = RecordingDesk(), Shelf()
    inbox, tasks = Inbox(desk.journal), Tasks(desk.journal)

    async def ping() -> None:
        return None

    parts = DoorParts(
        desk=desk,
        taking=desk,
        orders=shelf,
        bench=shelf,
        stock=shelf,
        disputes=shelf,
        dispute_door=desk,
        tasks=tasks,
        mending=tasks,
        deliveries=Delivered(),
        drafts=NoDrafts(),
        catalogue=shelf,
        addresses=ADDRESSES,
        contacts=CONTACTS,
        receive=inbox.receive,
        first_use=inbox.first_use,
        known=desk.known,
        credit=shelf.credit,
        ping_database=ping,
        settings=Settings(**settings),
        now=lambda: NOW,
    )
    return Doubles(desk, inbox, tasks, parts, shelf)


def told(response: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code and faults of a refusal; checks that it is a problem as RFC 9457 wants it."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:orderloom:problem:{body['code']}"
    return (
        response.status_code,
        body["code"],
        sorted((one["pointer"], one["code"]) for one in body["problems"]),
    )
