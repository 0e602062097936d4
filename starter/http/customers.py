"""Customers: what their credit account allows."""

from fastapi import APIRouter, Response

from activities.order.credit_records import CreditView
from models.shared.errors import NotFound
from starter.http.answers import JSON
from starter.http.parts import DoorParts
from starter.http.problems import documented


def customer_routes(door: DoorParts) -> APIRouter:
    """The routes under `/customers`."""
    router = APIRouter(tags=["customers"])

    @router.get(
        "/customers/{customer_id}/credit",
        summary="A customer's credit account",
        responses={200: {"model": CreditView}, **documented(404, 503)},
    )
    async def credit(customer_id: str) -> Response:
        """Limit, what open orders on credit owe under it, what is left, six months of history, and the score now."""
        view = await door.credit(customer_id) if customer_id.isprintable() else None
        if view is None:
            raise NotFound("this customer has no credit account")
        return Response(view.model_dump_json(), media_type=JSON)

    return router
