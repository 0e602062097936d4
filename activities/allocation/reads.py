"""What doors read of stock."""

from sqlmodel import col, func, select

from activities.shared.reading import ReadEngine
from models.allocation.preorders import Preorder
from models.allocation.tables import PreorderClaim, PreorderSale, StockLevel, Warehouse
from models.shared.messages import Message


class Level(Message):
    """One warehouse's pieces of a SKU; `available` is what nobody was promised."""

    warehouse: str
    on_hand: int
    reserved: int
    available: int


class StockView(Message):
    """A SKU's stock over all warehouses."""

    sku: str
    available: int
    levels: tuple[Level, ...]


class StockReads:
    """Stock levels and warehouses. Every method raises `Unavailable`."""

    def __init__(self, engine: ReadEngine) -> None:
        self._engine = engine

    async def stock(self, sku: str) -> StockView | None:
        """Levels of one SKU; None when no warehouse ever had it."""
        query = select(StockLevel).where(StockLevel.sku == sku).order_by(col(StockLevel.warehouse))
        async with self._engine.session() as session:
            rows = (await session.exec(query)).all()
        if not rows:
            return None
        levels = tuple(
            Level(
                warehouse=row.warehouse,
                on_hand=row.on_hand,
                reserved=row.reserved,
                available=row.on_hand - row.reserved,
            )
            for row in rows
        )
        return StockView(sku=sku, available=sum(level.available for level in levels), levels=levels)

    async def has_warehouse(self, code: str) -> bool:
        """Whether a warehouse exists."""
        async with self._engine.session() as session:
            return await session.get(Warehouse, code) is not None

    async def preorders(self) -> tuple[Preorder, ...]:
        """Every preorder, open ones first, by their date."""
        waiting = (
            select(func.coalesce(func.sum(PreorderClaim.quantity), 0))
            .where(PreorderClaim.sku == PreorderSale.sku, PreorderClaim.state == "open")
            .scalar_subquery()
        )
        query = select(PreorderSale, waiting).order_by(
            col(PreorderSale.open).desc(), col(PreorderSale.ships_from), col(PreorderSale.sku)
        )
        async with self._engine.session() as session:
            rows = (await session.exec(query)).all()
        return tuple(
            Preorder.model_validate(sale.model_dump() | {"waiting": pieces}) for sale, pieces in rows
        )

    async def preorder(self, sku: str) -> Preorder | None:
        """One preorder; None when there is none."""
        return next((one for one in await self.preorders() if one.sku == sku), None)
