"""Orders: take them, show them, say something to them."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from activities.order.reads import PAGE_LIMIT
from activities.order.views import Counts, OrderPage, OrderView
from models.intake.body import OrderBody, is_printable
from models.intake.checks import text_of
from models.intake.tasks import can_be_mended, print_of
from models.order.messages import Acceptance, Answer, Decision, Verdict
from models.order.states import HoldReason, OrderState, Stage
from models.shared.errors import Conflict, ErrorCode, NotFound, Problem, Refused
from models.shared.ids import ORDER_NUMBER
from starter.desk import VERBS
from starter.http.answers import JSON
from starter.http.bodies import read_json, read_message
from starter.http.examples import ACCEPTANCE, DECISIONS, ORDER, body_of
from starter.http.parts import DoorParts
from starter.http.preferences import prefers_lenient
from starter.http.problems import documented
from starter.http.tasks import Held, held

KEY_LIMIT = 128
_DUPLICATE = "the channel's source id already belongs to another order"


def order_routes(door: DoorParts) -> APIRouter:
    """The routes under `/orders`."""
    router = APIRouter(tags=["orders"])
    _taking(router, door)
    _showing(router, door)
    for verb, model in VERBS.items():
        router.add_api_route(
            f"/orders/{{order_number}}/{verb}",
            _saying(door, verb, model),
            methods=["POST"],
            operation_id=verb,
            summary=DECISIONS[verb][0],
            responses={200: {"model": Answer}, **documented(404, 409, 413, 415, 422, 503)},
            openapi_extra=body_of(model, DECISIONS[verb][1]),
        )
    return router


def _taking(router: APIRouter, door: DoorParts) -> None:
    @router.post(
        "/orders",
        status_code=201,
        summary="Hand an order in",
        description="Answers once the order is written down, by its workflow or, when that does not answer at once, in the "
        "book of taken orders; then the order is on the board a moment later. The same body with the same source id, or the same "
        "Idempotency-Key, gets the same answer, however often; another body gets 422 `key_reused`. Every fault of a "
        "body is listed at once. The header is needed only when the body has no `source_id`. With `Prefer: handling=lenient` a body "
        "with faults becomes a task of customer service.",
        responses={
            201: {"model": Acceptance, "content": {JSON: {"example": ACCEPTANCE}}},
            202: {"model": Held, "description": "It has faults, and a person mends it"},
            **documented(400, 409, 413, 415, 422, 503),
        },
        openapi_extra=body_of(OrderBody, ORDER)
        | {
            "parameters": [
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": False,
                    "schema": {"type": "string", "maxLength": KEY_LIMIT},
                },
                {
                    "name": "Prefer",
                    "in": "header",
                    "required": False,
                    "description": "RFC 7240: `handling=lenient`",
                    "schema": {"type": "string"},
                },
            ]
        },
    )
    async def take(request: Request) -> Response:
        raw = await read_json(request)
        key = idempotency_key(request)
        if key and isinstance(raw, dict):
            raw.setdefault("source_id", key)
        try:
            order = await door.read(raw)
        except Refused as faults:
            return await _held(door, request, raw, key, faults)
        await _bind(door, order.channel, key, order.fingerprint)
        answer = await door.taking.take(order)
        expect_accepted(answer)
        where = {"Location": f"/orders/{answer.order_number}"}
        return Response(answer.model_dump_json(), status_code=201, media_type=JSON, headers=where)


async def _held(door: DoorParts, request: Request, raw: Any, key: str, faults: Refused) -> Response:
    """202 with the task of a body with faults, where the client would like that; raises `faults` else."""
    if not prefers_lenient(request) or not can_be_mended(raw, faults.problems):
        raise faults
    await _bind(door, text_of(raw, "channel"), key, print_of(raw))
    task = await door.mending.hold(raw, faults)
    if task is None:
        raise faults
    return held(task)


async def _bind(door: DoorParts, channel: str, key: str, fingerprint: str) -> None:
    if key and not await door.first_use(channel, key, fingerprint):
        raise Conflict(ErrorCode.KEY_REUSED, "the Idempotency-Key was used with another body")


def _showing(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/orders/{order_number}",
        summary="One order",
        responses={200: {"model": OrderView}, **documented(404, 503)},
    )
    async def show(order_number: str) -> Response:
        """Where it stands, its lines, what happened to it, its parcels and its letters."""
        view = await door.orders.order(known_number(order_number))
        if view is None:
            raise NotFound(f"there is no order {order_number}")
        return Response(view.model_dump_json(), media_type=JSON)

    @router.get(
        "/orders",
        summary="Orders, newest first",
        responses={200: {"model": OrderPage}, **documented(422, 503)},
    )
    async def page(
        stage: Stage | None = None,
        waiting_for: Annotated[
            str | None, Query(max_length=40, description="the name of a wait; empty: those that work")
        ] = None,
        state: OrderState | None = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
        after: Annotated[str, Query(max_length=100, description="`next` of the page before")] = "",
        hold: Annotated[HoldReason | None, Query(description="with an open hold of this reason")] = None,
        owner: Annotated[
            str, Query(max_length=100, description="with an open hold that this person or team is to end")
        ] = "",
    ) -> Response:
        """All filters together; `waiting_for` looks at open orders only, `hold` and `owner` at one and the same hold."""
        problems = [
            Problem(pointer=f"/query/{name}", code="control_character", detail="is not printable")
            for name, value in (("waiting_for", waiting_for or ""), ("owner", owner))
            if not is_printable(value)
        ]
        if problems:
            raise Refused(problems)
        try:
            found = await door.orders.orders(stage, waiting_for, state, limit, after, hold, owner)
        except ValueError as error:
            raise Refused(
                [Problem(pointer="/query/after", code="bad_parameter", detail="is no page mark")]
            ) from error
        return Response(found.model_dump_json(), media_type=JSON)

    @router.get(
        "/counts",
        summary="How many orders wait for what",
        responses={200: {"model": Counts}, **documented(503)},
    )
    async def counts() -> Response:
        """Open orders by what they wait for, ended ones by their outcome."""
        return Response((await door.orders.counts()).model_dump_json(), media_type=JSON)


def _saying(door: DoorParts, verb: str, model: type[Decision]) -> Callable[..., Any]:
    async def say(request: Request, order_number: str) -> Response:
        number = known_number(order_number)
        message = with_key(request, await read_message(request, model, needs=("by",)))
        answer = await door.desk.decide(number, verb, message)
        return Response(answer.model_dump_json(), media_type=JSON)

    return say


def with_key(request: Request, message: Any) -> Any:
    """The message with the Idempotency-Key as its request id, unless it has one."""
    key = idempotency_key(request)
    return message.model_copy(update={"request_id": key}) if key and not message.request_id else message


def expect_accepted(answer: Acceptance) -> None:
    """Raise `Conflict` when another order stands in this one's place."""
    if answer.verdict is Verdict.KEY_REUSED:
        raise Conflict(ErrorCode.KEY_REUSED, f"{answer.order_number} was handed in with another body")
    if answer.verdict is Verdict.DUPLICATE_SOURCE:
        raise Conflict(Verdict.DUPLICATE_SOURCE, _DUPLICATE)


def known_number(order_number: str) -> str:
    """An order number that can exist; raises `NotFound`."""
    if not ORDER_NUMBER.fullmatch(order_number):
        raise NotFound("there is no such order")
    return order_number


def idempotency_key(request: Request) -> str:
    """The header, with or without the quotes of its draft standard; empty when it is missing."""
    key = request.headers.get("idempotency-key", "").strip().strip('"')
    if len(key) > KEY_LIMIT or not is_printable(key):
        fault = Problem(
            pointer="/header/idempotency-key",
            code="bad_format",
            detail=f"is no text of 1 to {KEY_LIMIT} letters",
        )
        raise Refused([fault])
    return key
