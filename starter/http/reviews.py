"""The review queue: what waits for a reviewer, and decisions about many orders at once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from activities.order.views import OrderRow
from models.order.messages import Decision
from models.order.states import HoldReason
from models.shared.errors import Problem, Refused
from models.shared.ids import ORDER_NUMBER
from starter.deciding import MOST, Decided, decide_all
from starter.desk import VERBS
from starter.http.answers import listed
from starter.http.bodies import read_message
from starter.http.examples import BULK, body_of
from starter.http.orders import with_key
from starter.http.parts import DoorParts
from starter.http.problems import documented

# What may be said to many orders at once, and which of the body's fields it takes besides who and why.
_BULK = {verb: VERBS[verb] for verb in ("approve", "reject", "claim", "delegate", "hold", "release")}


class BulkDecision(Decision):
    """The same decision about many orders. `to` is for `delegate`, `reason` for `hold` and `release`, `owner` and `until` for `hold`."""

    verb: str
    orders: tuple[str, ...] = Field(min_length=1, max_length=MOST)
    to: str = ""
    reason: HoldReason | None = None
    owner: str = ""
    until: datetime | None = None


def review_routes(door: DoorParts) -> APIRouter:
    """The routes under `/reviews`."""
    router = APIRouter(tags=["review"])

    @router.get(
        "/reviews",
        summary="Orders that wait for a reviewer",
        responses={200: {"model": list[OrderRow]}, **documented(422, 503)},
    )
    async def reviews(
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        reviewer: Annotated[
            str | None, Query(max_length=100, description="who has them on the desk; empty: nobody")
        ] = None,
    ) -> Response:
        """By priority, and the longest waiting first."""
        return listed(await door.orders.reviews(limit, reviewer))

    @router.post(
        "/reviews/decisions",
        summary="Decide about many orders",
        responses={200: {"model": list[Decided]}, **documented(413, 415, 422, 503)},
        openapi_extra=body_of(BulkDecision, BULK),
    )
    async def decide(request: Request) -> Response:
        """Each order is told on its own and answers on its own; a refusal of one leaves the others alone."""
        asked = with_key(request, await read_message(request, BulkDecision, needs=("by",)))
        _expect_right(asked)
        model = _BULK[asked.verb]
        fields = asked.model_dump(include=set(model.model_fields), exclude_none=True)
        return listed(await decide_all(door.desk, asked.verb, asked.orders, model.model_validate(fields)))

    return router


def _expect_right(asked: BulkDecision) -> None:
    problems = [
        Problem(pointer=f"/orders/{nth}", code="bad_format", detail="is no order number", fix="send one")
        for nth, number in enumerate(asked.orders)
        if not ORDER_NUMBER.fullmatch(number)
    ]
    if asked.verb not in _BULK:
        known = ", ".join(_BULK)
        problems.append(
            Problem(
                pointer="/verb", code="unknown_value", detail=f"is not one of {known}", fix="send one of them"
            )
        )
    if problems:
        raise Refused(problems)
