"""Storefronts' order events: signed as Shopify signs, taken as `POST /orders` takes, mended by people instead of refused."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response

from models.intake.body import is_printable
from models.intake.storefront import ORDER_TOPIC, body_of, source_of, why_ignored
from models.order.messages import Verdict
from models.shared.errors import Conflict, ErrorCode, Problem, Refused
from starter.http.answers import JSON
from starter.http.bodies import decode, read_bytes
from starter.http.orders import expect_accepted
from starter.http.parts import DoorParts
from starter.http.problems import DoorError, documented

ID_LIMIT = 200
log = structlog.get_logger()
# Status and body of an answer.
Told = tuple[int, dict[str, Any]]


def storefront_routes(door: DoorParts) -> APIRouter:
    """The route of storefronts' webhooks; which may call stands in the setting `storefronts`."""
    router = APIRouter(tags=["webhooks"])

    @router.post(
        "/webhooks/orders/{channel}",
        summary="An order event of a storefront",
        description="The shape and the signature of Shopify's `orders/create`: `X-Shopify-Hmac-Sha256`, `X-Shopify-Topic`, "
        "`X-Shopify-Webhook-Id`. A body with faults becomes an intake task; other topics are answered and ignored.",
        responses={
            200: {"description": "Taken, or nothing to take"},
            202: {"description": "It has faults, and a person mends it"},
            **documented(400, 401, 413, 422, 503),
        },
    )
    async def take(request: Request, channel: str) -> Response:
        raw = await read_bytes(request)
        _verify(door.settings.storefronts.get(channel, ""), raw, request)
        if request.headers.get("x-shopify-topic", "").strip().lower() != ORDER_TOPIC:
            return _response((200, {"ignored": "another topic"}))
        digest, delivery_id = hashlib.sha256(raw).hexdigest(), _delivery_id(request)
        known = await door.deliveries.answered(channel, delivery_id, digest) if delivery_id else None
        if known is not None:
            return _response((known["status"], known["body"]))
        told = await _take(door, channel, _event(raw))
        if delivery_id:
            answer = {"status": told[0], "body": told[1]}
            await door.deliveries.note(channel, delivery_id, digest, answer)
        return _response(told)

    return router


async def _take(door: DoorParts, channel: str, event: dict[str, Any]) -> Told:
    """What `POST /orders` does, for a sender that can mend nothing and gives up on whoever refuses it."""
    if why := why_ignored(event):
        return 200, {"ignored": why}
    body = body_of(event, channel)
    try:
        return await _taken(door, channel, body)
    except Conflict as conflict:
        if conflict.code not in (ErrorCode.KEY_REUSED, Verdict.DUPLICATE_SOURCE):
            raise
        # The first body stands. A refusal would only be repeated until the storefront gives up on all its orders.
        log.warning(
            "another body of an order", channel=channel, source_id=source_of(event), why=str(conflict)
        )
        return 200, {"ignored": "another body of this order is there already"}


async def _taken(door: DoorParts, channel: str, body: dict[str, Any]) -> Told:
    try:
        order = await door.read(body)
    except Refused as faults:
        return await _hold(door, channel, body, faults)
    answer = await door.taking.take(order)
    expect_accepted(answer)
    return 200, {"order_number": answer.order_number}


async def _hold(door: DoorParts, channel: str, body: dict[str, Any], faults: Refused) -> Told:
    task = await door.mending.hold(body, faults)
    if task is None:
        return 200, {"ignored": "the order is there already"}
    if task.order_number:
        return 200, {"order_number": task.order_number}
    log.info("a storefront's order has faults", channel=channel, task=task.id)
    return 202, {"task": task.id, "problems": [problem.model_dump() for problem in task.problems]}


def _event(raw: bytes) -> dict[str, Any]:
    event = decode(raw)
    if not isinstance(event, dict):
        raise Refused([Problem(pointer="", code="wrong_type", detail="is not a JSON object")])
    if not source_of(event):
        raise Refused(
            [Problem(pointer="/id", code="missing", detail="is missing", fix="send the order's id")]
        )
    return event


def _delivery_id(request: Request) -> str:
    """The id of the delivery; empty when there is none to remember it by."""
    told = request.headers.get("x-shopify-webhook-id", "").strip()
    return told if len(told) <= ID_LIMIT and is_printable(told) else ""


def _verify(secret: str, body: bytes, request: Request) -> None:
    """Raise `DoorError` 401 unless the header is the base64 HMAC-SHA256 of the body. An unknown channel has no secret."""
    try:
        told = base64.b64decode(request.headers.get("x-shopify-hmac-sha256", ""), validate=True)
    except (binascii.Error, ValueError):
        told = b""
    right = hmac.digest(secret.encode(), body, "sha256")
    if not hmac.compare_digest(right, told) or not secret:
        raise DoorError(401, "bad_signature", "the signature does not fit the body")


def _response(told: Told) -> Response:
    status, body = told
    return Response(orjson.dumps(body), status_code=status, media_type=JSON)
