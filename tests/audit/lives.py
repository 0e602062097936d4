"""Orders that lived in every way that an audit looks at: done, open, short, cancelled, sent twice, refunded in part, disputed."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.intake.drafts import DraftBook
from activities.intake.taken import TakenOrders
from activities.intake.tasks import IntakeTasks
from activities.order.credit_records import CreditAccounts
from activities.settlement.stored_value import StoredValueRecords
from activities.shared.database import Database
from activities.shared.inbox import receive
from models.allocation.preorders import SetPreorder
from models.care.letters import message_id
from models.delivery.states import Tracking
from models.intake.tasks import Done, NewTask, Reach
from models.order.credit_body import AccountBody
from models.order.messages import Fact, Order
from models.order.paying import StoredKind
from models.order.records import Axes
from models.order.states import FulfilmentState as Goods
from models.order.states import OrderState, Outcome, PaymentState
from models.shared.errors import Problem
from tests.audit.hand import Hand
from tests.audit.teller import Teller
from tests.rules.order_bodies import NOW, good_body, read

DONE, OPEN, SHORT, GONE, TWICE = "DE-DONE", "DE-OPEN", "DE-SHORT", "DE-GONE", "DE-TWICE"
# Two bodies with faults: one was mended and became an order, one still waits.
_TOTALLESS = NewTask(
    body={**good_body(), "source_id": GONE, "total_minor": 1},
    problems=(Problem(pointer="/total_minor", code="total_mismatch", detail="the lines add up to 6190"),),
    reach=Reach(),
)
_NAMELESS = NewTask(
    body={**good_body(), "source_id": "DE-FAULTY", "customer": {"email": "ada@customer.example"}},
    problems=(Problem(pointer="/customer/name", code="missing", detail="is missing"),),
    reach=Reach(email="ada@customer.example"),
)
DRAFT = "draft-of-open"
MENDED, FAULTY = _TOTALLESS.id, _NAMELESS.id
LIMIT = 500_000
EARLY, LATER, NEVER = "DE-EARLY", "DE-LATER", "DE-NEVER"

_WAREHOUSES = """
INSERT INTO warehouse (code, name, country, latitude, longitude)
VALUES ('BER', 'Berlin', 'DE', 52.5, 13.4), ('PAR', 'Paris', 'FR', 48.9, 2.4)"""
_KEEP = "INSERT INTO sim.mail (message_id, rcpt, subject, body) VALUES (%s, 'ada@mail.example', '', '')"
_SENT = "UPDATE notice SET state = 'sent', attempts = 1, sent_at = now() WHERE id = %s"


def order(number: str, **changes: object) -> Order:
    """The good order under a number of its own."""
    whole = read({**good_body(), "source_id": number})
    return whole.model_copy(update={"order_number": number, **changes})


async def fill(db: Database) -> None:
    """Let all of them live, and deliver every notice."""
    async with db.transaction() as cursor:
        await cursor.execute(_WAREHOUSES)
    good = order("DE-NONE")
    limit = AccountBody(customer_id=good.customer.customer_id, currency="EUR", limit_minor=LIMIT)
    await CreditAccounts(db).put([limit], "ana")
    keeper = Hand(db, good)
    for warehouse, sku, pieces in (
        ("BER", "MUG-1", 7),
        ("BER", "KNIFE-1", 9),
        ("PAR", "MUG-1", 5),
        ("PAR", "KNIFE-1", 5),
    ):
        await keeper.receive(warehouse, sku, pieces)
    await StoredValueRecords(db).issue("GIFT-1", StoredKind.GIFT_CARD, "EUR", 5_000, "shop")
    done, twice = Hand(db, order(DONE)), Hand(db, order(TWICE))
    await _done(done)
    await _faulty(db, order(GONE))
    await _gone(Hand(db, order(GONE)))
    await TakenOrders(db).started(order(GONE))
    await _twice(twice)
    await Teller(db, done).submitted(6_190)
    await Teller(db, twice).lost(5_190)
    await _drafted(db, order(OPEN))
    await _open(Hand(db, order(OPEN)))
    await TakenOrders(db).started(order(OPEN))
    await _short(db)
    await _preordered(db)
    await receive(db, "psp", "evt-1", {})
    async with db.transaction() as cursor:
        await cursor.execute("UPDATE inbox SET state = 'done', attempts = 1")
    await deliver_letters(db)


async def deliver_letters(db: Database) -> None:
    """What the outbox relay does."""
    async with db.transaction() as cursor:
        await cursor.execute("SELECT id, order_number, kind, about FROM notice WHERE state = 'queued'")
        for row in await cursor.fetchall():
            name = message_id(row["order_number"], row["kind"], row["about"])
            await cursor.execute(_KEEP, (name.strip("<>"),))
            await cursor.execute(_SENT, (row["id"],))


async def _done(hand: Hand) -> None:
    await hand.take()
    for part in await hand.reserve():
        parcel = await hand.pack(part)
        await hand.hand_over(parcel)
        await hand.scan(parcel, Tracking.DELIVERED)
    await hand.capture()
    await hand.close(Outcome.COMPLETED, OrderState.CLOSED, Goods.DELIVERED, PaymentState.CAPTURED)


async def _gone(hand: Hand) -> None:
    """Cancelled with a label bought."""
    await hand.take()
    for part in await hand.reserve():
        await hand.pack(part)
    await hand.unwind()
    await hand.close(Outcome.CANCELLED, OrderState.CANCELLED, Goods.RELEASED, PaymentState.VOIDED)


async def _twice(hand: Hand) -> None:
    """A short pick, sourced anew; lost, sent again; delivered, a part refunded."""
    await hand.take()
    (part,) = await hand.reserve()
    await hand.miss(await hand.pack(part, label=False), "MUG-1")
    (part,) = await hand.reserve(2, excluded=("BER",))
    lost = await hand.pack(part)
    await hand.hand_over(lost)
    await hand.scan(lost, Tracking.DELIVERY_FAILED, "carrier_parcel_lost")
    await hand.write("loss", Axes(), Fact(what="loss_reship", why=lost))
    (part,) = await hand.reserve(3)
    again = await hand.pack(part)
    await hand.hand_over(again)
    await hand.scan(again, Tracking.DELIVERED)
    await hand.capture()
    await hand.refund(1_000)
    await hand.close(Outcome.COMPLETED, OrderState.CLOSED, Goods.DELIVERED, PaymentState.REFUNDED)


async def _open(hand: Hand) -> None:
    """At the bench, labelled."""
    await hand.take()
    for part in await hand.reserve():
        await hand.pack(part)


async def _short(db: Database) -> None:
    """Waits for more mugs than there are."""
    many = order(SHORT)
    lines = (many.lines[0].model_copy(update={"quantity": 40}), *many.lines[1:])
    hand = Hand(db, many.model_copy(update={"lines": lines}))
    await hand.take()
    assert await hand.reserve() == ()


async def _faulty(db: Database, mended: Order) -> None:
    """Tasks of customer service: one waits, the other's order was taken by the book."""
    tasks = IntakeTasks(db, TakenOrders(db))
    await tasks.open(_NAMELESS)
    task = await tasks.open(_TOTALLESS)
    assert task is not None
    done = Done(by="ana", what="mended", changed=("/total_minor",))
    await tasks.become(task, mended, {**good_body(), "source_id": mended.source_id}, done, NOW)


async def _drafted(db: Database, confirmed: Order) -> None:
    """A draft that became an order by the book."""
    book = DraftBook(db, TakenOrders(db), 600.0)
    await book.confirm(await book.write(DRAFT, {}, "f"), confirmed, good_body(), NOW)


async def _preordered(db: Database) -> None:
    """Three claim a vase that is not out yet: one is served from the first that comes, one waits, one is cancelled."""
    keeper = Hand(db, order("DE-NONE"))
    await keeper.stock.set_preorder(
        SetPreorder(
            sku="VASE-1", ships_from=datetime(2027, 1, 1, tzinfo=UTC), cap=5, request_id="open", by="ana"
        )
    )
    whole = order(EARLY)
    lines = tuple(line.model_copy(update={"sku": "VASE-1", "quantity": 1}) for line in whole.lines[:1])
    early, later, gone = (
        Hand(db, order(number, lines=lines, total_minor=1_790)) for number in (EARLY, LATER, NEVER)
    )
    for hand in (early, later, gone):
        await hand.take()
        assert await hand.reserve() == ()
    await gone.unwind()
    await gone.close(Outcome.CANCELLED, OrderState.CANCELLED, Goods.RELEASED, PaymentState.VOIDED)
    await keeper.receive("BER", "VASE-1", 1)
    assert await later.reserve() == ()
    for part in await early.reserve():
        await early.pack(part)
