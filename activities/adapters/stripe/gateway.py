"""Stripe behind `PaymentGateway`: one PaymentIntent for each authorisation, captured by hand.

Every call carries our key as its idempotency key. Stripe forgets keys after a day, so what was done is also written where it
can be read for ever: the authorisation's key and each capture in the intent's metadata, a refund's key in the refund's.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from activities.adapters.stripe.amounts import to_stripe
from activities.adapters.stripe.asked import Asked, Recall
from activities.adapters.stripe.reading import (
    KEY,
    ORDER_NUMBER,
    Intent,
    authorisation_of,
    capture_mark,
    currency_of,
    decline_of,
    objection,
)
from activities.adapters.stripe.receipts import capture_of, refund_receipt, same, unknown, void_of
from activities.adapters.stripe.transport import CardDeclined, code_of, past_rivals, telling_apart
from activities.review.ports import GatewayAuthorisation, GatewayReceipt
from activities.shared.failures import CallRefused
from models.review.messages import PaymentStatus

# Stripe keeps keys for 24 hours at least.
REPLAYED_FOR = timedelta(hours=23)
# What the customer gave us leads to nothing: another method is needed, not an operator.
_USELESS = {"resource_missing", "token_already_used", "payment_method_unexpected_state"}


class StripeGateway:
    """See the module. `recall` tells what was asked under a key, `multicapture` whether Stripe lets us capture in parts."""

    def __init__(
        self,
        client: stripe.StripeClient,
        recall: Recall,
        multicapture: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._intents, self._refunds = client.v1.payment_intents, client.v1.refunds
        self._recall = recall
        self._multicapture = multicapture
        self._now = now

    async def authorise(
        self, key: str, order_number: str, amount_minor: int, currency: str, method: str, token: str
    ) -> GatewayAuthorisation:
        """Create and confirm an intent that is captured by hand, paid by the PaymentMethod or ConfirmationToken that `token` names."""
        del method
        params = self._new_intent(key, order_number, to_stripe(amount_minor, currency), currency, token)
        try:
            with telling_apart("authorise", writes=True):
                made = await past_rivals(
                    lambda: self._intents.create_async(params, {"idempotency_key": key})  # type: ignore[arg-type]
                )
        except CardDeclined as no:
            if "payment_intent" in no.told:
                return authorisation_of(no.told["payment_intent"])
            return _declined(key, amount_minor, currency, decline_of(no.told))
        except CallRefused as refused:
            cause = refused.__cause__
            if not isinstance(cause, stripe.InvalidRequestError) or not _is_useless(cause):
                raise
            return _declined(key, amount_minor, currency, code_of(cause))
        return authorisation_of(made.to_dict())

    async def find(self, key: str) -> GatewayAuthorisation | GatewayReceipt | None:
        """What a key led to, as it stands now.

        An authorisation is searched by its metadata. The search may lag behind, so within a day the same call with the same
        key is made again, which tells what the first one did (and does it now if Stripe never saw it).
        """
        asked = await self._recall(key)
        if asked is None:
            return None
        if asked.operation == "authorise":
            return await self._find_authorisation(asked)
        reference = asked.reference
        if not reference and asked.authorise_key:
            first = await self.find(asked.authorise_key)
            reference = first.reference if first else ""
        intent = await self._retrieve(reference)
        if intent is None:
            return None
        if asked.operation == "void":
            return void_of(intent)
        if asked.operation == "capture":
            return capture_of(intent, key)
        return await self._refund_of(intent, key)

    async def void(self, key: str, reference: str) -> GatewayReceipt:
        """Cancel the intent, authorised or still pending; refused once anything is captured."""
        intent = await self._retrieve(reference)
        if intent is None:
            return unknown(reference)
        if intent["status"] != "canceled" and (why := objection("void", intent, 0)):
            return GatewayReceipt(False, reference, 0, why)
        try:
            with telling_apart("void", writes=True):
                done = await past_rivals(
                    lambda: self._intents.cancel_async(reference, {}, {"idempotency_key": key})
                )
        except CallRefused as refused:
            return await self._refusal("void", reference, 0, refused)
        return GatewayReceipt(True, reference, authorisation_of(done.to_dict()).amount_minor)

    async def capture(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Take money. Without multicapture the first capture is the last, and Stripe lets the rest go."""
        intent = await self._retrieve(reference)
        if intent is None:
            return unknown(reference)
        if amount_minor <= 0:
            return GatewayReceipt(False, reference, 0, "amount_invalid")
        if earlier := capture_of(intent, key):
            return same(earlier, amount_minor, key)
        amount = to_stripe(amount_minor, currency_of(intent))
        params: dict[str, Any] = {"amount_to_capture": amount, "metadata": {capture_mark(key): str(amount)}}
        if self._multicapture and amount != intent["amount"]:
            params["final_capture"] = False
        try:
            with telling_apart("capture", writes=True):
                await past_rivals(
                    lambda: self._intents.capture_async(reference, params, {"idempotency_key": key})  # type: ignore[arg-type]
                )
        except CardDeclined as no:
            return GatewayReceipt(False, reference, 0, decline_of(no.told))
        except CallRefused as refused:
            return await self._refusal("capture", reference, amount, refused)
        return GatewayReceipt(True, reference, amount_minor)

    async def refund(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        """Give captured money back to the card it came from. Never tried on money that is only authorised."""
        intent = await self._retrieve(reference)
        if intent is None:
            return unknown(reference)
        if amount_minor <= 0:
            return GatewayReceipt(False, reference, 0, "amount_invalid")
        if not intent.get("amount_received"):
            return GatewayReceipt(False, reference, 0, "amount_too_large")
        if earlier := await self._refund_of(intent, key):
            return same(earlier, amount_minor, key)
        amount = to_stripe(amount_minor, currency_of(intent))
        params: dict[str, Any] = {"payment_intent": reference, "amount": amount, "metadata": {KEY: key}}
        try:
            with telling_apart("refund", writes=True):
                made = await past_rivals(
                    lambda: self._refunds.create_async(params, {"idempotency_key": key})  # type: ignore[arg-type]
                )
        except CardDeclined as no:
            return GatewayReceipt(False, reference, 0, decline_of(no.told))
        except CallRefused as refused:
            return await self._refusal("refund", reference, amount, refused)
        return refund_receipt(made.to_dict(), reference, currency_of(intent))

    def _new_intent(
        self, key: str, order_number: str, amount: int, currency: str, token: str
    ) -> dict[str, Any]:
        """The body of an authorisation: made of its arguments alone, so that a repeat is the same body."""
        means = "confirmation_token" if token.startswith("ctoken_") else "payment_method"
        paying: dict[str, Any] = {means: token}
        if self._multicapture:
            paying["payment_method_options"] = {"card": {"request_multicapture": "if_available"}}
        return paying | {
            "amount": amount,
            "currency": currency.lower(),
            "capture_method": "manual",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {ORDER_NUMBER: order_number, KEY: key},
        }

    async def _find_authorisation(self, asked: Asked) -> GatewayAuthorisation | None:
        with telling_apart("search", writes=False):
            query = f"metadata['{KEY}']:'{asked.key}'"
            hits = await self._intents.search_async({"query": query, "limit": 1})
        reference = hits.data[0].id if hits.data else ""
        if not reference and self._now() - asked.at < REPLAYED_FOR:
            again = await self.authorise(
                asked.key, asked.order_number, asked.amount_minor, asked.currency, asked.method, asked.token
            )
            if again.reference == asked.key:
                return again
            reference = again.reference
        intent = await self._retrieve(reference)
        return authorisation_of(intent) if intent else None

    async def _retrieve(self, reference: str) -> Intent | None:
        """The intent with its charge as it stands now; None when Stripe does not know it."""
        if not reference:
            return None
        try:
            with telling_apart("read", writes=False):
                found = await self._intents.retrieve_async(reference, {"expand": ["latest_charge"]})
        except CallRefused as refused:
            cause = refused.__cause__
            if isinstance(cause, stripe.InvalidRequestError) and code_of(cause) == "resource_missing":
                return None
            raise
        return found.to_dict()

    async def _refund_of(self, intent: Intent, key: str) -> GatewayReceipt | None:
        """The refund that bears our key, among the intent's newest hundred."""
        with telling_apart("read", writes=False):
            made = await self._refunds.list_async({"payment_intent": intent["id"], "limit": 100})
        for refund in (one.to_dict() for one in made.data):
            if (refund.get("metadata") or {}).get(KEY) == key:
                return refund_receipt(refund, intent["id"], currency_of(intent))
        return None

    async def _refusal(
        self, operation: str, reference: str, amount: int, refused: CallRefused
    ) -> GatewayReceipt:
        """A refusal that the intent's state explains is a business "no"; else it is raised again."""
        intent = await self._retrieve(reference)
        why = objection(operation, intent, amount) if intent else "unknown_reference"
        if not why:
            raise refused
        return GatewayReceipt(False, reference, 0, why)


def _is_useless(error: stripe.InvalidRequestError) -> bool:
    return code_of(error) in _USELESS and error.param in ("payment_method", "confirmation_token")


def _declined(key: str, amount_minor: int, currency: str, reason: str) -> GatewayAuthorisation:
    """Declined before there was an intent: named by its key, so that the customer is written to about each attempt."""
    return GatewayAuthorisation(PaymentStatus.DECLINED, key, amount_minor, currency, reason)
