"""The warehouse and the carrier in an order that lives without a workflow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from activities.delivery.tracking import TrackingRecords
from models.allocation.messages import (
    CommitStock,
    Part,
    Restock,
)
from models.delivery.messages import BookParcel, TrackingEvent
from models.delivery.states import Tracking
from models.delivery.vocabulary import code_for, translate
from models.order.messages import Want
from models.order.states import FulfilmentState, OrderState, Stage
from models.preparation.messages import BenchStep, OpenParcels, ParcelPlan, RecordBench
from models.shared.ids import parcel_id
from tests.audit.clerk import POLICY, Clerk


class Hand(Clerk):
    """Packs, labels, hands over and hears what the carrier says."""

    async def pack(self, part: Part, label: bool = True) -> str:
        """Open a parcel for a part, and work it up to its label."""
        name = parcel_id(self.number, len(self.plans) + 1)
        plan = ParcelPlan(
            parcel_id=name, warehouse=part.warehouse, wants=part.wants, weight_g=900, value_minor=5_900
        )
        self.plans[name] = plan
        progress = self.progress(Stage.PREPARATION, "bench")
        key = self.key("open_parcels", len(self.plans))
        await self.bench.open_parcels(
            OpenParcels(key=key, order_number=self.number, parcels=(plan,), progress=progress)
        )
        if label:
            await self._bench(name, steps=tuple(BenchStep))
            self.labels[name] = await self.delivery.book_parcel(self._booking(plan))
        return name

    async def miss(self, name: str, sku: str) -> None:
        """One piece is not on the shelf: the parcel is dissolved."""
        plan = self.plans[name]
        await self._bench(name, missing_sku=sku, missing=1)
        await self.release(plan.warehouse, plan.wants)
        await self._restock(name, (Want(line_no=0, sku=sku, quantity=1),), "missing")

    async def hand_over(self, name: str) -> None:
        """The carrier collects the parcel."""
        await self.scan(name, Tracking.PICKED_UP)
        plan = self.plans[name]
        progress = self.progress(
            Stage.DELIVERY,
            "delivery",
            order_state=OrderState.DISPATCHED,
            fulfilment_state=FulfilmentState.DISPATCHED,
        )
        await self.stock.commit_stock(
            CommitStock(
                key=self.key("commit_stock", name),
                order_number=self.number,
                parcel_id=name,
                warehouse=plan.warehouse,
                wants=plan.wants,
                progress=progress,
            )
        )

    async def scan(self, name: str, status: Tracking, incident: str = "") -> None:
        """The carrier says something, and the relay applies it."""
        label, at = self.labels[name], datetime.now(UTC) - timedelta(seconds=1)
        code = code_for(label.carrier, status, incident)
        event_id = await self.carriers.emit(label.tracking_number, code, at)
        said = translate(label.carrier, code)
        event = TrackingEvent(
            event_id=event_id,
            carrier=label.carrier,
            tracking_number=label.tracking_number,
            status=said[0],
            incident=said[1],
            occurred_at=at,
            raw_code=code,
        )
        async with self.db.transaction() as cursor:
            await TrackingRecords().apply(cursor, event)

    async def _bench(
        self, name: str, steps: tuple[BenchStep, ...] = (), missing_sku: str = "", missing: int = 0
    ) -> None:
        await self.bench.record_bench(
            RecordBench(
                key=self.key("bench", f"{name}{missing_sku}"),
                order_number=self.number,
                parcel_id=name,
                by="hand-3",
                steps=steps,
                missing_sku=missing_sku,
                missing=missing,
                progress=self.progress(Stage.PREPARATION, "bench"),
            )
        )

    async def _restock(self, name: str, wants: tuple[Want, ...], kind: str) -> None:
        await self.stock.restock(
            Restock(
                key=self.key(kind, name),
                order_number=self.number,
                parcel_id=name,
                warehouse=self.plans[name].warehouse,
                wants=wants,
                kind=kind,
                progress=self.progress(Stage.PREPARATION),
            )
        )

    def _booking(self, plan: ParcelPlan) -> BookParcel:
        return BookParcel(
            key=self.key(f"book_parcel:{plan.parcel_id}"),
            order_number=self.number,
            parcel_id=plan.parcel_id,
            warehouse=plan.warehouse,
            ship_to=self.order.ship_to,
            recipient=self.order.customer.name,
            weight_g=plan.weight_g,
            value_minor=plan.value_minor,
            currency=self.order.currency,
            service=self.order.service,
            valuable=False,
            policy=POLICY.delivery,
            progress=self.progress(Stage.DELIVERY, "handover", fulfilment_state=FulfilmentState.LABELLED),
        )
