"""Steps of review: verdicts, and money reserved or given back."""

from temporalio import activity

from activities.review.ports import GatewayAuthorisation, GatewayReceipt, PaymentGateway, ReviewStore
from activities.shared.effects import perform, telling
from activities.shared.marks import external_step, local_step
from models.review.messages import (
    Authorise,
    Authorised,
    LookUpPayment,
    PaymentStatus,
    RecordVerdict,
    RiskDecision,
    Voided,
    VoidPayment,
)


class ReviewSteps:
    """Reserves money and gives it back."""

    def __init__(self, store: ReviewStore, gateway: PaymentGateway) -> None:
        self._store = store
        self._gateway = gateway

    @activity.defn
    @local_step
    async def record_verdict(self, request: RecordVerdict) -> RiskDecision:
        """Write a verdict that stops the order or refuses it."""
        return await self._store.record_verdict(request)

    @activity.defn
    @external_step(irreversible="it asks, and writes down what it hears")
    async def look_up_payment(self, request: LookUpPayment) -> Authorised:
        """How an authorisation stands at the provider now; nothing is believed that the provider itself does not say."""
        with telling():
            found = await self._gateway.find(request.authorise_key)
            if not isinstance(found, GatewayAuthorisation):
                return Authorised(status=request.known)
            read = _read(request.amount_minor, found)
            if read.status is request.known:
                return read
            if _over_another_amount(request.amount_minor, found):
                await self._gateway.void(f"{request.authorise_key}:wrong_amount", found.reference)
            return await self._store.record_looked_up(request, read)

    @activity.defn
    @external_step(undo="void_payment")
    async def authorise_payment(self, request: Authorise) -> Authorised:
        """Reserve the order's total on the customer's instrument."""

        async def find() -> GatewayAuthorisation | None:
            found = await self._gateway.find(request.key)
            return found if isinstance(found, GatewayAuthorisation) else None

        async def call() -> GatewayAuthorisation:
            if not request.amount_minor:
                return GatewayAuthorisation(
                    PaymentStatus.AUTHORISED, "", 0, request.currency, "nothing is to be paid"
                )
            return await self._gateway.authorise(
                request.key,
                request.order_number,
                request.amount_minor,
                request.currency,
                request.method,
                request.token,
            )

        async def record(answer: GatewayAuthorisation) -> Authorised:
            read = _read(request.amount_minor, answer)
            if _over_another_amount(request.amount_minor, answer):
                await self._gateway.void(f"{request.key}:wrong_amount", answer.reference)
            return await self._store.record_authorised(request, read)

        return await perform(lambda: self._store.intend_authorise(request), find, call, record)

    @activity.defn
    @external_step(irreversible="an authorisation given back is gone; a new one is a new step")
    async def void_payment(self, request: VoidPayment) -> Voided:
        """Give an authorisation back that is not captured."""

        async def find() -> GatewayReceipt | None:
            found = await self._gateway.find(request.key)
            return found if isinstance(found, GatewayReceipt) else None

        async def call() -> GatewayReceipt:
            reference = request.reference or await self._reference(request.authorise_key)
            if not reference:
                return GatewayReceipt(
                    done=True, reference="", amount_minor=0, reason="the provider never saw it"
                )
            return await self._gateway.void(request.key, reference)

        async def record(answer: GatewayReceipt) -> Voided:
            return await self._store.record_voided(request, Voided(done=answer.done, said=answer.reason))

        return await perform(lambda: self._store.intend_void(request), find, call, record)

    async def _reference(self, key: str) -> str:
        found = await self._gateway.find(key)
        return found.reference if isinstance(found, GatewayAuthorisation) else ""


def _over_another_amount(asked_minor: int, answer: GatewayAuthorisation) -> bool:
    """Whether money is held over another amount than asked: it is not kept."""
    held = answer.status is PaymentStatus.AUTHORISED and not answer.voided
    return held and answer.amount_minor != asked_minor


def _read(asked_minor: int, answer: GatewayAuthorisation) -> Authorised:
    """An authorisation over another amount than asked is no authorisation: it is declined, with the reason in words. One that
    the provider let go has expired; a payment that it let go while it was awaited will not come: declined."""
    status, reason = answer.status, answer.reason
    if _over_another_amount(asked_minor, answer):
        status = PaymentStatus.DECLINED
        reason = f"wrong_amount: asked {asked_minor}, got {answer.amount_minor}"
    elif answer.voided and status is not PaymentStatus.DECLINED:
        held = status is PaymentStatus.AUTHORISED
        status = PaymentStatus.EXPIRED if held else PaymentStatus.DECLINED
        reason = reason or "the provider let it go"
    return Authorised(
        status=status, reference=answer.reference, reason=reason, amount_minor=answer.amount_minor
    )
