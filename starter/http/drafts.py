"""Drafts of orders: written piece by piece, confirmed as an order."""

import re

from fastapi import APIRouter, Request, Response

from models.intake.body import OrderBody
from models.intake.drafts import DraftView
from models.order.messages import Acceptance
from models.shared.errors import Conflict, NotFound, Problem, Refused
from models.shared.messages import Message
from starter.http.answers import JSON
from starter.http.bodies import read_json, read_message
from starter.http.examples import ACCEPTANCE, DRAFT, body_of
from starter.http.orders import idempotency_key
from starter.http.parts import DoorParts
from starter.http.problems import DoorError, documented
from starter.mending import STALE

_MATCH = re.compile(r'(?:W/)?"?([1-9][0-9]{0,8})"?')
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the ETag of what was looked at; 412 when it has changed",
    "schema": {"type": "string"},
}


class Confirm(Message):
    """Nothing needs to be said: the draft holds it all."""


def draft_routes(door: DoorParts) -> APIRouter:
    """The routes under `/drafts`."""
    router = APIRouter(tags=["drafts"])
    _writing(router, door)
    _ending(router, door)
    return router


def _writing(router: APIRouter, door: DoorParts) -> None:
    @router.post(
        "/drafts",
        status_code=201,
        summary="Begin a draft of an order",
        description="Any part of an order's body, also none. Nothing is reserved, charged or promised. The answer lists what is "
        "still missing or wrong and the totals as far as known. With an `Idempotency-Key` the same body gets the same draft.",
        responses={201: {"model": DraftView}, **documented(400, 413, 415, 422, 503)},
        openapi_extra=body_of(OrderBody, DRAFT),
    )
    async def write(request: Request) -> Response:
        view = await door.drafts.write(await read_json(request), idempotency_key(request))
        return _shown(view, 201)

    @router.get(
        "/drafts/{draft_id}",
        summary="One draft",
        responses={200: {"model": DraftView}, **documented(404, 503)},
    )
    async def show(draft_id: str) -> Response:
        """As it stands, with what is missing or wrong now."""
        return _shown(await door.drafts.show(_known(draft_id)))

    @router.patch(
        "/drafts/{draft_id}",
        summary="Change a draft",
        description="A JSON merge patch (RFC 7396) on the body.",
        responses={200: {"model": DraftView}, **documented(400, 404, 409, 412, 413, 415, 422, 503)},
        openapi_extra=body_of(OrderBody, {"customer": {"email": "ada@customer.example"}})
        | {"parameters": [_IF_MATCH]},
    )
    async def change(request: Request, draft_id: str) -> Response:
        version = _version(request)
        try:
            return _shown(await door.drafts.change(_known(draft_id), await read_json(request), version))
        except Conflict as conflict:
            raise _precondition(conflict) from conflict


def _ending(router: APIRouter, door: DoorParts) -> None:
    @router.post(
        "/drafts/{draft_id}/confirm",
        status_code=201,
        summary="Order what the draft holds",
        description="Checked as `POST /orders` checks, then taken, once: a repeat gets the same answer. What is left out of source id, "
        "time, total and the payment's amount is filled in: the draft's id, now, and what the lines come to.",
        responses={
            201: {"model": Acceptance, "content": {JSON: {"example": ACCEPTANCE}}},
            **documented(404, 409, 412, 413, 415, 422, 503),
        },
        openapi_extra=body_of(Confirm, {}) | {"parameters": [_IF_MATCH]},
    )
    async def confirm(request: Request, draft_id: str) -> Response:
        # A body, so that a page in a browser cannot confirm without asking first.
        await read_message(request, Confirm)
        try:
            answer = await door.drafts.confirm(_known(draft_id), _version(request))
        except Conflict as conflict:
            raise _precondition(conflict) from conflict
        where = {"Location": f"/orders/{answer.order_number}"}
        return Response(answer.model_dump_json(), status_code=201, media_type=JSON, headers=where)

    @router.delete(
        "/drafts/{draft_id}",
        status_code=204,
        summary="Forget a draft",
        responses=documented(404, 409, 412, 503),
        openapi_extra={"parameters": [_IF_MATCH]},
    )
    async def forget(request: Request, draft_id: str) -> Response:
        """One that is confirmed stays: it is an order."""
        try:
            await door.drafts.delete(_known(draft_id), _version(request))
        except Conflict as conflict:
            raise _precondition(conflict) from conflict
        return Response(status_code=204)


def _shown(view: DraftView, status: int = 200) -> Response:
    headers = {"ETag": f'"{view.version}"', "Location": f"/drafts/{view.id}"}
    return Response(view.model_dump_json(), status_code=status, media_type=JSON, headers=headers)


def _version(request: Request) -> int:
    """The version that `If-Match` names, 0 for any."""
    told = request.headers.get("if-match", "").strip()
    if told in ("", "*"):
        return 0
    found = _MATCH.fullmatch(told)
    if found is None:
        fault = Problem(
            pointer="/header/if-match",
            code="bad_format",
            detail="is no ETag of a draft",
            fix="send one of ours",
        )
        raise Refused([fault])
    return int(found[1])


def _precondition(conflict: Conflict) -> Exception:
    """412 for an `If-Match` that does not (RFC 9110), else as it is."""
    return DoorError(412, STALE, str(conflict)) if conflict.code == STALE else conflict


def _known(draft_id: str) -> str:
    if not draft_id.isprintable():
        raise NotFound("there is no such draft")
    return draft_id
