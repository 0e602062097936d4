"""Disputes: which there are, their evidence, and what the bank is answered."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from activities.settlement.disputes.reads import PAGE_LIMIT, DisputePage, DisputeView
from models.order.messages import Decision
from models.settlement.disputes.messages import DisputeAnswer
from models.settlement.disputes.rules import REFERENCE
from models.settlement.disputes.states import DisputeState
from models.shared.errors import NotFound, Problem, Refused
from models.shared.ids import ORDER_NUMBER
from starter.disputes import DISPUTE_VERBS, say_to_dispute
from starter.http.answers import JSON
from starter.http.bodies import read_message
from starter.http.examples import body_of
from starter.http.orders import with_key
from starter.http.parts import DoorParts
from starter.http.problems import documented

# Verb → what it does, an example body.
SAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "submit": ("Send the evidence to the bank", {"by": "fin", "note": "the customer wrote that it arrived"}),
    "accept": ("Give the dispute up", {"by": "fin", "why": "the parcel was never handed over"}),
    "attend": ("Try a step again that waits for an operator", {"by": "op", "action": "retry"}),
}


def dispute_routes(door: DoorParts) -> APIRouter:
    """The routes under `/disputes`."""
    router = APIRouter(tags=["disputes"])
    _showing(router, door)
    for verb, model in DISPUTE_VERBS.items():
        router.add_api_route(
            f"/disputes/{{reference}}/{verb}",
            _saying(door, verb, model),
            methods=["POST"],
            operation_id=f"dispute_{verb}",
            summary=SAYS[verb][0],
            responses={200: {"model": DisputeAnswer}, **documented(404, 409, 413, 415, 422, 503)},
            openapi_extra=body_of(model, SAYS[verb][1]),
        )
    return router


def _showing(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/disputes",
        summary="Disputes, newest first",
        responses={200: {"model": DisputePage}, **documented(422, 503)},
    )
    async def page(
        state: DisputeState | None = None,
        open_only: Annotated[bool, Query(alias="open", description="only those that have not ended")] = False,
        order: Annotated[
            str, Query(pattern=f"^$|{ORDER_NUMBER.pattern}", description="only of this order")
        ] = "",
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
        after: Annotated[str, Query(max_length=200, description="`next` of the page before")] = "",
    ) -> Response:
        """All filters together."""
        try:
            found = await door.disputes.disputes(state, open_only, order, limit, after)
        except ValueError as error:
            raise Refused(
                [Problem(pointer="/query/after", code="bad_parameter", detail="is no page mark")]
            ) from error
        return Response(found.model_dump_json(), media_type=JSON)

    @router.get(
        "/disputes/{reference}",
        summary="One dispute",
        responses={200: {"model": DisputeView}, **documented(404, 503)},
    )
    async def show(reference: str) -> Response:
        """Where it stands, and the evidence as it was packed."""
        view = await door.disputes.dispute(_known(reference))
        if view is None:
            raise NotFound(f"there is no dispute {reference}")
        return Response(view.model_dump_json(), media_type=JSON)


def _saying(door: DoorParts, verb: str, model: type[Decision]) -> Callable[..., Any]:
    async def say(request: Request, reference: str) -> Response:
        name = _known(reference)
        message = with_key(request, await read_message(request, model, needs=("by",)))
        answer = await say_to_dispute(door.dispute_door, door.disputes, name, verb, message)
        return Response(answer.model_dump_json(), media_type=JSON)

    return say


def _known(reference: str) -> str:
    """A reference that can exist; raises `NotFound`."""
    if not REFERENCE.fullmatch(reference):
        raise NotFound("there is no such dispute")
    return reference
