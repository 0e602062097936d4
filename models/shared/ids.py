"""Names and keys. All of them are computed from what is known; nothing here invents a number."""

import base64
import hashlib
import re

WORKFLOW_PREFIX = "order-"
DISPUTE_PREFIX = "dispute-"
PARCEL_ID = re.compile(r"^(?P<order>.+)-P[1-9]\d{0,3}(?:R[1-9]\d{0,3})*$")
ORDER_NUMBER = re.compile(r"^[A-Z0-9][A-Z0-9-]{2,39}$")


def workflow_id(order_number: str) -> str:
    """The id of the order's workflow."""
    return WORKFLOW_PREFIX + order_number


def order_number_for(country: str, channel: str, source_id: str) -> str:
    """An order number for a storefront's order: the same input gives the same number, always.

    Sixty bits of SHA-256 in base 32: among ten million orders two collide with a chance of 0.005 %, and a collision is refused
    as a reused key, never merged.
    """
    digest = hashlib.sha256(f"{channel}\n{source_id}".encode()).digest()
    text = base64.b32encode(digest[:10]).decode("ascii")[:12]
    return f"{country}-{text}"


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of a canonical text, to tell whether two bodies are the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def step_key(order_number: str, step: str, version: str | int = 1) -> str:
    """The idempotency key of one effect: workflow id, step and version, never run id or attempt."""
    return f"{workflow_id(order_number)}:{step}:{version}"


def dispute_workflow_id(reference: str) -> str:
    """The id of a dispute's workflow; `reference` is the payment provider's."""
    return DISPUTE_PREFIX + reference


def dispute_key(reference: str, step: str, version: str | int = 1) -> str:
    """The idempotency key of one effect of a dispute."""
    return f"{dispute_workflow_id(reference)}:{step}:{version}"


def parcel_id(order_number: str, index: int, replaces: str = "") -> str:
    """The id of an order's parcel; `index` counts from 1, anew for the parcels that replace another one: `P2R1` replaces `P2`."""
    return f"{replaces}R{index}" if replaces else f"{order_number}-P{index}"


def order_of(parcel: str) -> str:
    """The order number in a parcel's id; empty when it is none."""
    found = PARCEL_ID.match(parcel)
    return found["order"] if found else ""


TASK_QUEUE = "orderloom"
