"""Orders that are only looked at: would they be taken, and are they there already?"""

from fastapi import APIRouter, Request, Response

from models.intake.body import OrderBody
from models.shared.messages import Message
from starter.http.answers import JSON
from starter.http.bodies import read_json
from starter.http.examples import ORDER, body_of
from starter.http.orders import expect_accepted
from starter.http.parts import DoorParts
from starter.http.problems import documented


class Checked(Message):
    """An order that would be taken now. `there`: it has been, with this body; to hand it in again changes nothing."""

    order_number: str
    there: bool


def checking_routes(door: DoorParts) -> APIRouter:
    """The route `/orders/check`."""
    router = APIRouter(tags=["orders"])

    @router.post(
        "/orders/check",
        summary="Look at an order without taking it",
        description="Refuses what `POST /orders` would refuse now, with every fault, and changes nothing.",
        responses={200: {"model": Checked}, **documented(400, 409, 413, 415, 422, 503)},
        openapi_extra=body_of(OrderBody, ORDER),
    )
    async def check(request: Request) -> Response:
        raw = await read_json(request)
        order = await door.read(raw)
        known = await door.known(order)
        if known is not None:
            expect_accepted(known)
        checked = Checked(order_number=order.order_number, there=known is not None)
        return Response(checked.model_dump_json(), media_type=JSON)

    return router
