"""What payment providers and carriers tell us: verified, stored, answered. The relay reads it from the inbox."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from models.intake.body import is_printable
from models.shared.errors import Problem, Refused
from starter.http import stripe_events
from starter.http.bodies import decode, holds_nul, read_bytes
from starter.http.parts import DoorParts
from starter.http.problems import DoorError, documented
from starter.settings import Settings

ID_LIMIT = 200
# Body and request → whether the sender is who it says; raises `DoorError` 401.
Verify = Callable[[bytes, Request], None]


class Source(StrEnum):
    """Who may call."""

    PSP = "psp"
    CARRIER = "carrier"
    STRIPE = "stripe"


def webhook_routes(door: DoorParts) -> APIRouter:
    """The route of the webhooks, signed as Standard Webhooks or as Stripe does; good for 300 seconds both ways."""
    router = APIRouter(tags=["webhooks"])
    signers = _signers(door.settings)

    @router.post(
        "/webhooks/{source}",
        status_code=202,
        summary="An event of a payment provider or carrier",
        responses={200: {"description": "It stands here already"}, **documented(400, 401, 413, 422, 503)},
    )
    async def take(request: Request, source: Source) -> Response:
        """Needs the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`; of Stripe, `stripe-signature`."""
        body = await read_bytes(request)
        if source not in signers:
            raise DoorError(401, "bad_signature", f"{source} is not whom this house has payments with")
        signers[source](body, request)
        payload = _read(body)
        event_id, pointer = request.headers.get("webhook-id", ""), "/header/webhook-id"
        if source is Source.STRIPE:
            event_id, pointer, payload = str(payload.get("id") or ""), "/id", stripe_events.kept(payload)
        if not event_id or len(event_id) > ID_LIMIT or not is_printable(event_id):
            raise Refused([Problem(pointer=pointer, code="bad_format", detail="is too long or unprintable")])
        is_new = await door.receive(source.value, event_id, payload)
        return Response(status_code=202 if is_new else 200)

    return router


def _signers(settings: Settings) -> dict[Source, Verify]:
    """Who may call: the provider that moves the money and no other, as the simulator's secret is everybody's."""
    if settings.payments == "stripe":
        payments = {Source.STRIPE: partial(_verify_stripe, settings.stripe_webhook_secret)}
    else:
        payments = {Source.PSP: partial(_verify, Webhook(settings.psp_webhook_secret))}
    return {**payments, Source.CARRIER: partial(_verify, Webhook(settings.carrier_webhook_secret))}


def _read(body: bytes) -> dict[str, Any]:
    payload = decode(body)
    if not isinstance(payload, dict):
        raise Refused([Problem(pointer="", code="wrong_type", detail="is not a JSON object")])
    if b"\\u0000" in body and holds_nul(payload):
        raise Refused([Problem(pointer="", code="control_character", detail="holds a NUL")])
    return payload


def _verify(signer: Webhook, body: bytes, request: Request) -> None:
    try:
        signer.verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        # ValueError: a header or body that is not even of the right form.
        raise DoorError(401, "bad_signature", "the signature does not fit body, id and time") from error


def _verify_stripe(secret: str, body: bytes, request: Request) -> None:
    try:
        stripe_events.verify(body, request.headers.get("stripe-signature", ""), secret)
    except stripe_events.BadSignatureError as error:
        raise DoorError(401, "bad_signature", "the signature does not fit body and time") from error
