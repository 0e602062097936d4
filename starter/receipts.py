"""Is this a stock receipt? Every door asks before it starts anything."""

from typing import Protocol

from activities.intake.ports import CatalogueReader
from models.allocation.messages import StockReceipt
from models.intake.body import ID_PATTERN
from models.shared.errors import Problem, Refused

MAX_PIECES = 1_000_000


class Warehouses(Protocol):
    """Knows which warehouses there are."""

    async def has_warehouse(self, code: str) -> bool:
        """Whether a warehouse exists."""
        ...


async def check_receipt(receipt: StockReceipt, catalogue: CatalogueReader, warehouses: Warehouses) -> None:
    """Raises `Refused` with every fault of a receipt, `Unavailable` when it cannot be checked."""
    problems = []
    if not ID_PATTERN.fullmatch(receipt.receipt_id):
        detail = "is no text of letters, digits, dots and dashes"
        problems.append(Problem(pointer="/receipt_id", code="bad_format", detail=detail))
    if not 1 <= receipt.quantity <= MAX_PIECES:
        detail = f"must be 1 to {MAX_PIECES}"
        problems.append(Problem(pointer="/quantity", code="out_of_range", detail=detail))
    if receipt.sku not in await catalogue.entries([receipt.sku]):
        problems.append(Problem(pointer="/sku", code="sku_unknown", detail="is not in the catalogue"))
    if not await warehouses.has_warehouse(receipt.warehouse):
        problems.append(
            Problem(pointer="/warehouse", code="warehouse_unknown", detail="there is no such warehouse")
        )
    if problems:
        raise Refused(problems)
