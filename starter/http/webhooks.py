"""What payment providers and carriers tell us: verified, stored, answered. The relay reads it from the inbox."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from models.intake.body import is_printable
from models.shared.errors import Problem, Refused
from starter.http.bodies import decode, read_bytes
from starter.http.parts import DoorParts
from starter.http.problems import DoorError, documented

ID_LIMIT = 200


class Source(StrEnum):
    """Who may call."""

    PSP = "psp"
    CARRIER = "carrier"


def webhook_routes(door: DoorParts) -> APIRouter:
    """The route of the webhooks, signed as Standard Webhooks; a signature is good for 300 seconds both ways."""
    router = APIRouter(tags=["webhooks"])
    signers = {
        Source.PSP: Webhook(door.settings.psp_webhook_secret),
        Source.CARRIER: Webhook(door.settings.carrier_webhook_secret),
    }

    @router.post(
        "/webhooks/{source}",
        status_code=202,
        summary="An event of a payment provider or carrier",
        responses={200: {"description": "It stands here already"}, **documented(400, 401, 413, 422, 503)},
    )
    async def take(request: Request, source: Source) -> Response:
        """Needs the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`."""
        body = await read_bytes(request)
        _verify(signers[source], body, request)
        event_id = request.headers["webhook-id"]
        if len(event_id) > ID_LIMIT or not is_printable(event_id):
            raise Refused(
                [
                    Problem(
                        pointer="/header/webhook-id", code="bad_format", detail="is too long or unprintable"
                    )
                ]
            )
        payload = decode(body)
        if not isinstance(payload, dict):
            raise Refused([Problem(pointer="", code="wrong_type", detail="is not a JSON object")])
        if b"\\u0000" in body and _holds_nul(payload):
            raise Refused([Problem(pointer="", code="control_character", detail="holds a NUL")])
        is_new = await door.receive(source.value, event_id, payload)
        return Response(status_code=202 if is_new else 200)

    return router


def _holds_nul(value: Any) -> bool:
    """Whether a text or a name in a JSON value holds a NUL, which PostgreSQL cannot store."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(_holds_nul(one) for one in value)


def _verify(signer: Webhook, body: bytes, request: Request) -> None:
    try:
        signer.verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        # ValueError: a header or body that is not even of the right form.
        raise DoorError(401, "bad_signature", "the signature does not fit body, id and time") from error
