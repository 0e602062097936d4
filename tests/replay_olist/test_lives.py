"""From a record to an order to be lived: what is sent, what happens when, how it must end."""

from __future__ import annotations

from typing import Any

import pytest

from models.intake.checks import CatalogueEntry
from models.intake.validation import read_order
from starter.olist.goods import Skus
from starter.olist.lives import body, lives
from starter.olist.records import Item, Olist, Paid, Record, Status
from starter.replay.plan import Act, spread
from tests.replay_olist.made_up import LID, PAN, day, olist, record
from tests.rules.order_bodies import ADDRESSES, CONTACTS, NOW


def life_of(one: Record, *others: Record) -> tuple[str, list[tuple[str, float]], tuple[str, ...]]:
    """Expectation, acts with their due day, notes."""
    life = next(life for life in lives(olist(one, *others)) if life.body["source_id"] == one.order_id)
    acts = [(step.act.value, (step.due - day(0)).total_seconds() / 86_400) for step in life.steps]
    return life.expected, acts, life.notes


def test_a_body_is_an_order_without_faults_whose_equal_pieces_are_one_line() -> None:
    sold = record(
        items=(PAN, LID, PAN),
        payments=(Paid("voucher", 1, 1_000), Paid("boleto", 1, 4_150)),
        purchased_at=NOW,
    )
    sent = body(sold, Skus([sold]))
    assert [(line["sku"], line["quantity"], line["freight_minor"]) for line in sent["lines"]] == [
        ("pan", 2, 300),
        ("lid", 1, 150),
    ]
    assert (sent["total_minor"], sent["payment"]["amount_minor"], sent["payment"]["method"]) == (
        5_150,
        5_150,
        "boleto",
    )
    entries = {sku: _entry(sku) for sku in ("pan", "lid")}
    order = read_order(sent, catalogue=entries, address=ADDRESSES.check, contact=CONTACTS.check, now=NOW)
    assert order.order_number == next(iter(lives(olist(sold)))).number
    assert (order.address_verdict, order.payment.token) == ("valid", "tok_pending_o-1")


def _entry(sku: str) -> CatalogueEntry:
    return CatalogueEntry(sku=sku, merchant_id="seller-a")


def test_a_product_that_several_sell_has_one_sku_for_each_seller() -> None:
    ids = ("p" * 32, "a" * 32, "b" * 32)
    shared = [
        record(order_id, items=(Item(ids[0], seller, 100, 0),))
        for order_id, seller in (("o-1", ids[1]), ("o-2", ids[2]))
    ]
    skus = Skus([*shared, record("o-3")])
    assert [skus.of_item(one.items[0]) for one in shared] == [
        f"{ids[0]}:{'a' * 16}",
        f"{ids[0]}:{'b' * 16}",
    ]
    assert skus.of_item(PAN) == "pan"


CASES: list[tuple[dict[str, Any], str, list[tuple[str, float]], tuple[str, ...]]] = [
    # changes, expected end, acts with their due days, notes
    ({}, "ended: completed", [("place", 0), ("pay", 1), ("hand_over", 2), ("deliver", 5)], ()),
    (
        {"status": Status.SHIPPED, "delivered_at": None},
        "waits for: delivery",
        [("place", 0), ("pay", 1), ("hand_over", 2)],
        (),
    ),
    (
        {"status": Status.INVOICED, "delivered_at": None, "handed_over_at": None},
        "waits for: bench",
        [("place", 0), ("pay", 1)],
        (),
    ),
    (
        {"status": Status.CREATED, "delivered_at": None, "handed_over_at": None, "approved_at": None},
        "waits for: payment",
        [("place", 0)],
        (),
    ),
    (
        {"status": Status.CANCELED, "delivered_at": None, "handed_over_at": None},
        "ended: cancelled",
        [("place", 0), ("pay", 1), ("cancel", 1)],
        (),
    ),
    (
        {"status": Status.CANCELED, "delivered_at": None},
        "ended: returned_to_sender",
        [("place", 0), ("pay", 1), ("hand_over", 2), ("return", 9)],
        ("cancelled after hand-over: comes back",),
    ),
    (
        {"status": Status.CANCELED},
        "ended: returned_to_sender",
        [("place", 0), ("pay", 1), ("hand_over", 2), ("return", 5)],
        ("cancelled after delivery: comes back",),
    ),
    ({"items": ()}, "refused: too_few_lines", [("place", 0)], ("paid, but nothing was bought",)),
    (
        {"approved_at": day(3)},
        "ended: completed",
        [("place", 0), ("pay", 3), ("hand_over", 3), ("deliver", 5)],
        ("handed over before the payment was approved",),
    ),
    (
        {"delivered_at": day(1.5)},
        "ended: completed",
        [("place", 0), ("pay", 1), ("hand_over", 2), ("deliver", 2)],
        ("delivered before it was handed over",),
    ),
    (
        {"approved_at": None},
        "ended: completed",
        [("place", 0), ("pay", 2), ("hand_over", 2), ("deliver", 5)],
        ("handed over, and the payment was never approved",),
    ),
    (
        {"delivered_at": None},
        "waits for: delivery",
        [("place", 0), ("pay", 1), ("hand_over", 2)],
        ("called delivered, without a time of delivery",),
    ),
    (
        {"payments": (Paid("voucher", 1, 2_149),)},
        "ended: completed",
        [("place", 0), ("pay", 1), ("hand_over", 2), ("deliver", 5)],
        ("what was paid is not what was sold",),
    ),
]


@pytest.mark.parametrize(("changes", "expected", "acts", "notes"), CASES)
def test_a_record_says_what_happens_when_and_how_it_ends(
    changes: dict[str, Any], expected: str, acts: list[tuple[str, float]], notes: tuple[str, ...]
) -> None:
    assert life_of(record(**changes)) == (expected, acts, notes)


def test_what_nobody_has_is_waited_for_unless_another_order_asked_for_it_too() -> None:
    lacking = record("o-1", status=Status.UNAVAILABLE, handed_over_at=None, delivered_at=None)
    assert life_of(lacking)[0] == "waits for: stock"
    assert life_of(lacking, record("o-2"))[0] == "waits for: bench"


def test_the_recorded_time_is_told_although_a_step_waits_for_the_one_before() -> None:
    (life,) = lives(olist(record(delivered_at=day(1.5))))
    assert [(step.act, step.at) for step in life.steps[2:]] == [
        (Act.HAND_OVER, day(2)),
        (Act.DELIVER, day(1.5)),
    ]


def test_a_sample_is_spread_evenly_over_the_record() -> None:
    all_of_them = lives(Olist(tuple(record(f"o-{nth}") for nth in range(10)), {}, {}, ()))
    assert [life.body["source_id"] for life in spread(all_of_them, 4)] == ["o-0", "o-2", "o-5", "o-7"]
    assert spread(all_of_them, None) == spread(all_of_them, 99) == all_of_them
