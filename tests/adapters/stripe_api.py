"""Stripe's API as far as the adapter uses it, for tests: stateful, honours idempotency keys, keeps a journal of effects."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.adapters import stripe_disputes_api
from tests.adapters.stripe_shapes import shape

Form = dict[str, str]
Object = dict[str, Any]
DECLINES = {
    "tok_declined": {"code": "card_declined", "decline_code": "insufficient_funds"},
    "tok_expired": {"code": "expired_card", "decline_code": "expired_card"},
}


class ApiError(Exception):
    """An answer that is an error. `saved`: it was decided by the object's state and is repeated for the key."""

    def __init__(self, status: int, kind: str, message: str, saved: bool = True, **more: Any) -> None:
        super().__init__(message)
        self.status, self.saved = status, saved
        self.body = {"error": {"type": kind, "message": message, **more}}


@dataclass
class StripeApi:
    """`journal`: (operation, key) of each POST that had an effect or a saved refusal. `searchable`: whether search sees what was made."""

    api_key: str = field(default="sk_test_123", repr=False)
    searchable: bool = False
    pause_s: float = 0.002
    intents: dict[str, Object] = field(default_factory=dict)
    charges: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    disputes: dict[str, Object] = field(default_factory=dict)
    journal: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[str, int, Object]] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    paid_by: list[tuple[str, str]] = field(default_factory=list)

    async def handle(self, method: str, path: str, form: Form, headers: Form) -> tuple[int, Object]:
        """One request → status and body."""
        if headers.get("authorization") != f"Bearer {self.api_key}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        try:
            if method == "GET":
                return 200, self._read(path, form)
            return await self._once(path, form, headers.get("idempotency-key", ""))
        except ApiError as error:
            return error.status, error.body

    def settle(self, reference: str, approve: bool, reason: str = "payment_not_received") -> bool:
        """The customer authenticates, or does not. False: nothing was pending."""
        intent = self.intents[reference]
        if intent["status"] != "requires_action":
            return False
        if approve:
            self._authorise(intent)
        else:
            self._decline(intent, {"code": reason})
        return True

    async def _once(self, path: str, form: Form, key: str) -> tuple[int, Object]:
        """The answer that is saved under the key, or a new one."""
        asked = hashlib.sha256(json.dumps([path, form], sort_keys=True).encode()).hexdigest()
        if key in self.under_way:
            raise ApiError(409, "invalid_request_error", "in use", saved=False, code="idempotency_key_in_use")
        if key and key in self.answers:
            first, status, body = self.answers[key]
            if first != asked:
                raise ApiError(400, "idempotency_error", "Keys can only be used with the same parameters")
            return status, body
        self.under_way.add(key)
        try:
            await asyncio.sleep(self.pause_s)
            operation, work = self._operation(path)
            try:
                status, body = 200, work(form)
            except ApiError as error:
                if not error.saved:
                    raise
                status, body = error.status, error.body
            self.journal.append((operation, key))
            body = json.loads(json.dumps(body))  # as it was then
            if key:
                self.answers[key] = (asked, status, body)
            return status, body
        finally:
            self.under_way.discard(key)

    def _operation(self, path: str) -> tuple[str, Callable[[Form], Object]]:
        match path.strip("/").split("/"):
            case ["v1", "payment_intents"]:
                return "authorise", self._create
            case ["v1", "payment_intents", reference, "capture"]:
                return "capture", lambda form: self._capture(reference, form)
            case ["v1", "payment_intents", reference, "cancel"]:
                return "void", lambda form: self._cancel(reference)
            case ["v1", "refunds"]:
                return "refund", self._refund
            case ["v1", "disputes", name, *rest] if name in self.disputes:
                return stripe_disputes_api.operation(self.disputes[name], rest, _refused)
        raise ApiError(404, "invalid_request_error", f"Unrecognized request URL {path}", saved=False)

    def _read(self, path: str, form: Form) -> Object:
        match path.strip("/").split("/"):
            case ["v1", "payment_intents", "search"]:
                found = [one for one in self.intents.values() if self.searchable and _hit(one, form)]
                return {"object": "search_result", "data": found, "has_more": False, "url": path}
            case ["v1", "payment_intents", reference]:
                intent = dict(self._intent(reference))
                if "expand[0]" in form:
                    intent["latest_charge"] = self.charges.get(intent["latest_charge"] or "")
                return intent
            case ["v1", "refunds"]:
                found = [
                    one for one in self.refunds.values() if one["payment_intent"] == form["payment_intent"]
                ]
                return {"object": "list", "data": found, "has_more": False, "url": path}
            case ["v1", "charges", name] if name in self.charges:
                return self.charges[name]
            case ["v1", "disputes", name] if name in self.disputes:
                return stripe_disputes_api.shown(self.disputes[name], self.intents, form)
        raise _missing(path)

    def _intent(self, reference: str) -> Object:
        if reference not in self.intents:
            raise _missing(reference)
        return self.intents[reference]

    def _create(self, form: Form) -> Object:
        token = form.get("payment_method") or form.get("confirmation_token", "")
        self.paid_by += [
            (name, form[name]) for name in ("payment_method", "confirmation_token") if name in form
        ]
        if token == "tok_used":
            raise ApiError(
                400, "invalid_request_error", "used", False, code="token_already_used",
                param="payment_method",
            )  # fmt: skip
        if form["currency"] not in ("brl", "usd", "eur", "jpy", "isk", "kwd"):
            raise ApiError(400, "invalid_request_error", "Invalid currency", False, param="currency")
        reference = f"pi_{len(self.intents) + 1}"
        intent = shape("payment_intent") | {
            "id": reference, "object": "payment_intent", "amount": int(form["amount"]), "currency": form["currency"],
            "created": int(time.time()), "status": "requires_confirmation", "amount_capturable": 0,
            "amount_received": 0, "capture_method": form["capture_method"], "last_payment_error": None,
            "latest_charge": None, "canceled_at": None, "cancellation_reason": None, "metadata": _metadata(form),
            "multicapture": form.get("payment_method_options[card][request_multicapture]") == "if_available",
        }  # fmt: skip
        self.intents[reference] = intent
        declined = next((why for start, why in DECLINES.items() if token.startswith(start)), None)
        if declined:
            error = self._decline(intent, declined)
            raise ApiError(
                402, "card_error", "Your card was declined.", True, **error, payment_intent=dict(intent)
            )
        if token.startswith("tok_pending"):
            intent["status"] = "requires_action"
        else:
            self._authorise(intent)
        return intent

    def _authorise(self, intent: Object) -> None:
        charge = shape("charge") | {
            "id": f"ch_{len(self.charges) + 1}", "object": "charge", "amount": intent["amount"],
            "amount_captured": 0, "amount_refunded": 0, "payment_intent": intent["id"], "metadata": intent["metadata"],
        }  # fmt: skip
        self.charges[charge["id"]] = charge
        intent |= {
            "status": "requires_capture", "amount_capturable": intent["amount"], "latest_charge": charge["id"],
            "last_payment_error": None,
        }  # fmt: skip

    @staticmethod
    def _decline(intent: Object, why: Form) -> Form:
        intent |= {"status": "requires_payment_method", "last_payment_error": {"type": "card_error", **why}}
        return why

    def _capture(self, reference: str, form: Form) -> Object:
        intent = self._intent(reference)
        amount = int(form["amount_to_capture"])
        if intent["status"] != "requires_capture":
            raise _unexpected(intent)
        if amount > intent["amount_capturable"]:
            raise ApiError(400, "invalid_request_error", "too large", code="amount_too_large")
        final = form.get("final_capture") != "false"
        if not final and not intent["multicapture"]:
            raise ApiError(
                400, "invalid_request_error", "no multicapture", saved=False, param="final_capture"
            )
        rest = 0 if final else intent["amount_capturable"] - amount
        intent |= {
            "amount_received": intent["amount_received"] + amount, "amount_capturable": rest,
            "status": "requires_capture" if rest else "succeeded", "metadata": intent["metadata"] | _metadata(form),
        }  # fmt: skip
        self.charges[intent["latest_charge"]]["amount_captured"] += amount
        return intent

    def _cancel(self, reference: str) -> Object:
        intent = self._intent(reference)
        if intent["status"] in ("canceled", "succeeded"):
            raise _unexpected(intent)
        intent |= {"status": "canceled", "amount_capturable": 0, "canceled_at": int(time.time())}
        return intent

    def _refund(self, form: Form) -> Object:
        intent = self._intent(form["payment_intent"])
        amount = int(form["amount"])
        charge = self.charges[intent["latest_charge"]]
        if charge["amount_refunded"] + amount > charge["amount_captured"]:
            raise ApiError(400, "invalid_request_error", "greater than unrefunded amount", param="amount")
        charge["amount_refunded"] += amount
        refund = shape("refund") | {
            "id": f"re_{len(self.refunds) + 1}", "object": "refund", "amount": amount, "status": "succeeded",
            "currency": intent["currency"], "payment_intent": intent["id"], "charge": charge["id"],
            "metadata": _metadata(form),
        }  # fmt: skip
        self.refunds[refund["id"]] = refund
        return refund


def _metadata(form: Form) -> Form:
    return {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}


def _hit(intent: Object, form: Form) -> bool:
    return any(form["query"] == f"metadata['{name}']:'{value}'" for name, value in intent["metadata"].items())


def _missing(what: str) -> ApiError:
    return ApiError(404, "invalid_request_error", f"No such object: {what}", False, code="resource_missing")


def _refused(why: str) -> ApiError:
    return ApiError(400, "invalid_request_error", why)


def _unexpected(intent: Object) -> ApiError:
    said = f"This PaymentIntent has a status of {intent['status']}"
    return ApiError(400, "invalid_request_error", said, code="payment_intent_unexpected_state")
