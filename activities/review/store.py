"""Review's tables: decisions of the rules; and what an authorisation does to the order."""

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from activities.order import store as orders
from activities.order.credit import approve_use
from activities.shared.calendars import working_time_from
from activities.shared.database import Cursor, Database
from activities.shared.effects import Intent
from activities.shared.journal import StepJournal
from models.order.messages import Fact
from models.order.records import Axes, Notice, NoticeKind
from models.order.states import HoldReason, PaymentState, RiskVerdict
from models.review.desk import Sla
from models.review.messages import (
    Authorise,
    Authorised,
    LookUpPayment,
    PaymentStatus,
    Purpose,
    RecordVerdict,
    RiskDecision,
    Voided,
    VoidPayment,
)

_STRINGS = TypeAdapter(tuple[str, ...])

_INSERT_DECISION = """
INSERT INTO risk_decision (order_number, verdict, tier, reasons, explained, policy_version, score, model_version, features)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


async def _write_decision(cursor: Cursor, order_number: str, decision: RiskDecision) -> None:
    explained, score = _STRINGS.dump_json(decision.explained).decode(), decision.score
    await cursor.execute(
        _INSERT_DECISION,
        (
            order_number,
            decision.verdict,
            decision.tier,
            list(decision.reasons),
            explained,
            decision.policy_version,
            score.probability if score else None,
            score.model_version if score else None,
            Jsonb(decision.features) if score else None,
        ),
    )


def _facts_of(answer: Authorised) -> Fact:
    return Fact(what=f"payment_{answer.status}", why=answer.reason, data={"reference": answer.reference})


def _renewal(answer: Authorised) -> tuple[Fact, tuple[Notice, ...]]:
    """Money reserved anew, or a refusal that somebody has to look at: the older authorisation still stands."""
    if answer.status is PaymentStatus.AUTHORISED:
        return Fact(what="authorisation_renewed", data={"reference": answer.reference}), ()
    fact = Fact(what="authorisation_not_renewed", why=answer.reason, data={"reference": answer.reference})
    data = {"what": fact.what, "why": answer.reason or answer.status}
    return fact, (Notice(kind=NoticeKind.ESCALATION, about=f"renewal:{answer.reference}", data=data),)


def _deposit(answer: Authorised) -> tuple[Fact, tuple[Notice, ...]]:
    """What became of a deposit; the order's own payment is still to come."""
    fact = Fact(what=f"deposit_{answer.status}", why=answer.reason, data={"reference": answer.reference})
    return fact, _notices_of(answer) if answer.status is PaymentStatus.DECLINED else ()


def _held(answer: Authorised, beside_minor: int) -> orders.Money:
    held = answer.status is PaymentStatus.AUTHORISED
    return orders.Money(authorised=answer.amount_minor + beside_minor if held else None)


def _notices_of(answer: Authorised) -> tuple[Notice, ...]:
    if answer.status is PaymentStatus.DECLINED:
        return (
            Notice(kind=NoticeKind.PAYMENT_FAILED, about=answer.reference, data={"reason": answer.reason}),
        )
    if answer.status is PaymentStatus.PENDING:
        return (Notice(kind=NoticeKind.PAYMENT_DUE, about=answer.reference),)
    return ()


def _sla(request: RecordVerdict) -> Sla | None:
    """When reviewers are reminded and so on, in working time; a refusal waits for nobody."""
    sla = request.sla
    if sla is None or request.decision.verdict is not RiskVerdict.HOLD:
        return None
    return Sla(
        remind_at=working_time_from(request.now, sla.remind_h, sla.hours),
        escalate_at=working_time_from(request.now, sla.escalate_h, sla.hours),
        expires_at=working_time_from(request.now, sla.expire_h, sla.hours) if sla.expire_h else None,
    )


class ReviewRecords:
    """Writes verdicts, authorisations and voids."""

    def __init__(self, database: Database) -> None:
        self._journal = StepJournal(database)

    async def record_verdict(self, request: RecordVerdict) -> RiskDecision:
        """Write a verdict that stops the order, once."""

        async def work(cursor: Cursor) -> RiskDecision:
            decision = request.decision.model_copy(update={"sla": _sla(request)})
            await _write_decision(cursor, request.order_number, decision)
            fact = Fact(what=f"risk_{decision.verdict}", why="; ".join(decision.explained))
            notices = (
                (Notice(kind=NoticeKind.AMOUNT_DIFFERS),) if "amount_mismatch" in decision.reasons else ()
            )
            progress = request.progress
            if decision.sla:
                progress = progress.model_copy(update={"deadline_at": decision.sla.remind_at})
            await orders.write(cursor, progress, (fact,), notices, Axes(risk=decision.verdict))
            return decision

        return await self._journal.once(
            request.key, request.order_number, "record_verdict", RiskDecision, work
        )

    async def intend_authorise(self, request: Authorise) -> Intent[Authorised]:
        """Write the intent, and the decision it stands on."""

        async def before(cursor: Cursor) -> None:
            await _write_decision(cursor, request.order_number, request.decision)
            if HoldReason.CREDIT_LIMIT in request.decision.reasons:
                await approve_use(cursor, request.order_number)

        return await self._journal.intend(
            request.key, request.order_number, "authorise_payment", request, Authorised, before
        )

    async def record_authorised(self, request: Authorise, answer: Authorised) -> Authorised:
        """Close the intent and move the payment axis."""
        done = answer.status is not PaymentStatus.DECLINED
        async with self._journal.recording(request.key, answer, done) as cursor:
            if cursor and request.purpose is Purpose.DEPOSIT:
                fact, notices = _deposit(answer)
                await orders.write(cursor, request.progress, (fact,), notices)
            elif cursor and request.purpose is Purpose.RENEWAL:
                fact, notices = _renewal(answer)
                held = answer.status is PaymentStatus.AUTHORISED
                axes = Axes(payment=PaymentState.AUTHORISED if held else None)
                await orders.write(
                    cursor, request.progress, (fact,), notices, axes, _held(answer, request.beside_minor)
                )
            elif cursor:
                axes = Axes(payment=PaymentState(answer.status), risk=RiskVerdict.ACCEPT)
                facts, notices = (_facts_of(answer),), _notices_of(answer)
                await orders.write(
                    cursor, request.progress, facts, notices, axes, _held(answer, request.beside_minor)
                )
        return answer

    async def record_looked_up(self, request: LookUpPayment, answer: Authorised) -> Authorised:
        """Write down what became of an authorisation, once, whoever told it first."""

        async def work(cursor: Cursor) -> Authorised:
            axes = Axes(payment=PaymentState(answer.status))
            facts, notices = (_facts_of(answer),), _notices_of(answer)
            await orders.write(
                cursor, request.progress, facts, notices, axes, _held(answer, request.beside_minor)
            )
            return answer

        key = f"{request.authorise_key}:{answer.status}"
        return await self._journal.once(key, request.order_number, "look_up_payment", Authorised, work)

    async def intend_void(self, request: VoidPayment) -> Intent[Voided]:
        """Write the intent down."""
        return await self._journal.intend(request.key, request.order_number, "void_payment", request, Voided)

    async def record_voided(self, request: VoidPayment, answer: Voided) -> Voided:
        """Close the intent; the payment axis moves when the provider agreed."""
        async with self._journal.recording(request.key, answer, answer.done) as cursor:
            if cursor:
                of = "old_authorisation" if request.replaced else "payment"
                fact = Fact(what=f"{of}_voided" if answer.done else f"{of}_not_voided", why=answer.said)
                gone = answer.done and not request.replaced
                axes = Axes(payment=PaymentState.VOIDED if gone else None)
                money = orders.Money(authorised=request.left_minor if answer.done else None)
                await orders.write(cursor, request.progress, (fact,), (), axes, money)
        return answer
