"""What people work from: the benches and the stock."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from activities.allocation.reads import StockView
from activities.preparation.reads import BenchTask
from models.allocation.messages import Received, StockReceipt
from models.allocation.preorders import Preorder
from models.preparation.messages import BenchAnswer, BenchWork
from models.shared.errors import NotFound
from models.shared.ids import order_of
from starter.http.answers import JSON, listed
from starter.http.bodies import read_message
from starter.http.examples import BENCH, RECEIPT, body_of
from starter.http.orders import known_number, with_key
from starter.http.parts import DoorParts
from starter.http.problems import documented
from starter.receipts import check_receipt


def floor_routes(door: DoorParts) -> APIRouter:
    """The routes of benches and stock."""
    router = APIRouter()
    _benches(router, door)
    _stock(router, door)
    _preorders(router, door)
    return router


def _benches(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/bench/tasks", tags=["bench"], summary="Open parcels",
        responses={200: {"model": list[BenchTask]}, **documented(422, 503)},
    )  # fmt: skip
    async def tasks(
        warehouse: Annotated[str, Query(max_length=40)] = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> Response:
        """The oldest first, of one warehouse or of all, with what to take off the shelf."""
        return listed(await door.bench.open_tasks(warehouse, limit))

    @router.post(
        "/bench/parcels/{parcel_id}/steps", tags=["bench"], summary="Tell what the bench did",
        responses={200: {"model": BenchAnswer}, **documented(404, 409, 413, 415, 422, 503)},
        openapi_extra=body_of(BenchWork, BENCH),
    )  # fmt: skip
    async def work(request: Request, parcel_id: str) -> Response:
        """One step, or several scanned in a row; after `label` the answer holds the label to print."""
        known_number(order_of(parcel_id))
        message = await read_message(request, BenchWork, needs=("by",), parcel_id=parcel_id)
        answer = await door.desk.bench(with_key(request, message))
        return Response(answer.model_dump_json(), media_type=JSON)


def _stock(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/stock/{sku}", tags=["stock"], summary="Stock of a SKU",
        responses={200: {"model": StockView}, **documented(404, 503)},
    )  # fmt: skip
    async def stock(sku: str) -> Response:
        """On hand, reserved and available in each warehouse."""
        view = await door.stock.stock(sku) if sku.isprintable() else None
        if view is None:
            raise NotFound("no warehouse ever had this SKU")
        return Response(view.model_dump_json(), media_type=JSON)

    @router.post(
        "/stock/receipts", tags=["stock"], summary="Goods from a supplier",
        responses={200: {"model": Received}, **documented(413, 415, 422, 503)},
        openapi_extra=body_of(StockReceipt, RECEIPT),
    )  # fmt: skip
    async def receipt(request: Request) -> Response:
        """Booked once for each receipt id; orders that wait for the SKU are told to try again, the oldest first."""
        message = await read_message(request, StockReceipt)
        await check_receipt(message, door.catalogue, door.stock)
        return Response((await door.desk.receive_stock(message)).model_dump_json(), media_type=JSON)


def _preorders(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/preorders", tags=["stock"], summary="What is sold before it is there",
        responses={200: {"model": list[Preorder]}, **documented(503)},
    )  # fmt: skip
    async def preorders() -> Response:
        """Each SKU's date and cap, how many pieces are sold, and how many of them still wait for goods."""
        return listed(await door.stock.preorders())
