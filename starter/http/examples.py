"""Examples for the API description."""

from typing import Any

from pydantic import BaseModel

ORDER: dict[str, Any] = {
    "channel": "web",
    "source_id": "S-1001",
    "placed_at": "2026-03-01T09:30:00+01:00",
    "currency": "EUR",
    "exponent": 2,
    "customer": {
        "customer_id": "c-7",
        "name": "Ada Weber",
        "email": "ada@customer.example",
        "phone": "+49 30 1234567",
    },
    "ship_to": {"line1": "Torstraße 1", "city": "Berlin", "postcode": "10119", "country": "DE"},
    "lines": [{"sku": "MUG-1", "quantity": 2, "unit_price_minor": 1500, "freight_minor": 290}],
    "total_minor": 3290,
    "payment": {"method": "card", "token": "tok_ok", "amount_minor": 3290},
    "service": "standard",
}
ACCEPTANCE: dict[str, Any] = {
    "verdict": "accepted",
    "order_number": "DE-3KQ2Z7N4XW5A",
    "order_class": "ordinary",
    "priority": 3,
    "promised_by": "2026-03-06T12:00:00Z",
}
BENCH: dict[str, Any] = {"by": "bo", "steps": ["pick", "check", "pack", "label"]}
BULK: dict[str, Any] = {
    "verb": "approve",
    "orders": ["DE-3KQ2Z7N4XW5A", "FR-7ABQ2Z7N4XW5"],
    "by": "ana",
    "why": "known customer",
    "request_id": "monday-1",
}
DRAFT: dict[str, Any] = {
    "channel": "web",
    "currency": "EUR",
    "lines": [{"sku": "MUG-1", "quantity": 2, "unit_price_minor": 1500}],
}
MEND: dict[str, Any] = {
    "by": "ana",
    "why": "called the customer",
    "patch": {"ship_to": {"postcode": "10119"}},
    "version": 1,
}
RECEIPT: dict[str, Any] = {
    "receipt_id": "R-2026-17",
    "warehouse": "BER",
    "sku": "MUG-1",
    "quantity": 40,
    "by": "cem",
}

# Verb → what it does, an example body.
DECISIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "approve": (
        "A reviewer lets the order pass; of a very large one two persons",
        {"by": "ana", "why": "called the customer", "proposal": "3f2a90c41b7e"},
    ),
    "require_deposit": (
        "A reviewer lets the order pass once the customer has paid a share",
        {"by": "ana", "share_bp": 3_000, "why": "three orders came back"},
    ),
    "hold": (
        "Stop the order before dispatch, or some of its lines",
        {
            "by": "ana",
            "why": "wait for the customer",
            "reason": "other",
            "lines": [2],
            "owner": "care",
            "until": "2026-03-04T12:00:00Z",
        },
    ),
    "release": (
        "End one hold by its id, those of a reason or on some lines, or all",
        {"by": "ana", "hold_id": "other-3f2a90c41b"},
    ),
    "reject": ("A reviewer refuses the order", {"by": "ana", "why": "stolen card"}),
    "claim": ("A reviewer takes the order off the others' hands", {"by": "ana", "minutes": 30}),
    "delegate": ("Another reviewer is to decide", {"by": "ana", "to": "bo"}),
    "ask": (
        "Write to the customer, and wait for the answer",
        {"by": "ana", "question": "Is this your address?"},
    ),
    "reply": ("The customer answers a question", {"by": "customer", "text": "Yes."}),
    "cancel": ("Cancel the order; what was done is undone", {"by": "customer", "why": "changed my mind"}),
    "pay_again": (
        "Another payment method after a declined one",
        {"by": "customer", "method": "card", "token": "tok_other"},
    ),
    "pay_deposit": (
        "A deposit may be taken",
        {"by": "customer", "method": "card", "token": "tok_visa"},
    ),
    "confirm_payment": ("A pending payment is paid: ask the provider", {"by": "storefront"}),
    "confirm_receipt": ("The customer has the goods", {"by": "customer"}),
    "attend": ("Retry, skip or abort a step that used up its attempts", {"by": "op", "action": "retry"}),
    "resolve": ("Reship or refund a lost or damaged parcel", {"by": "care", "resolution": "refund"}),
}


def body_of(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """The description of a body that the door reads itself."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inlined(schema, definitions), "example": example}},
        }
    }


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    """A schema without references, because FastAPI registers only the models that it reads itself."""
    if isinstance(part, list):
        return [_inlined(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name in definitions:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _inlined(definitions[name] | rest, definitions)
    return {key: _inlined(value, definitions) for key, value in part.items()}
