"""Stripe's webhooks at the door: the signature, and the little of an event that is kept."""

import re
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_S = 300


class BadSignatureError(Exception):
    """The signature fits no secret of ours, or is too old or from the future."""


def verify(body: bytes, header: str, secret: str) -> None:
    """Check a `Stripe-Signature`: one of its v1 signatures has to fit, within 300 seconds both ways. Raises `BadSignatureError`."""
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        WebhookSignature.verify_header(body, header, secret, TOLERANCE_S)
    except (SignatureVerificationError, UnicodeDecodeError, TypeError) as error:
        # TypeError: a signature that is not ASCII cannot be compared in constant time.
        raise BadSignatureError(str(error)) from error
    signed_at = re.search(r"(?:^|,)t=\s*\+?(\d+)", header)
    if signed_at is None or int(signed_at[1]) > time.time() + TOLERANCE_S:
        raise BadSignatureError("signed in the future")


def kept(event: Mapping[str, Any]) -> dict[str, Any]:
    """Which event about which object: the relay reads the rest from Stripe, so no customer's data lies in the inbox."""
    data = event.get("data")
    about = data.get("object") if isinstance(data, Mapping) else None
    about = about if isinstance(about, Mapping) else {}
    return {
        "id": event.get("id"),
        "type": event.get("type"),
        "created": event.get("created"),
        "data": {"object": {name: about.get(name) for name in ("id", "object", "payment_intent")}},
    }
