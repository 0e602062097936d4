"""The ordinary life, day by day, in seconds."""

from models.delivery.messages import News
from models.order.messages import Verdict
from models.preparation.messages import BenchStep
from tests.workflows.living import Lived
from tests.workflows.made import an_order

EVENTS_AT_MOST = 60


async def test_a_happy_order_goes_through_all_stages_in_one_workflow_and_few_events(lived: Lived) -> None:
    order = an_order({"A": 2})
    accepted = await lived.submit(order)
    assert accepted.verdict is Verdict.ACCEPTED
    row = await lived.waits(order, "bench")
    assert (row["order_state"], row["payment_state"], row["fulfilment_state"]) == (
        "confirmed",
        "authorised",
        "reserved",
    )
    assert await lived.stock("A") == (10, 2)

    answer = await lived.pack(order)
    assert answer.done
    assert answer.label.startswith("^XA")
    await lived.waits(order, "handover")
    await lived.carrier(order, News.HANDED_OVER)
    await lived.waits(order, "delivery")
    assert await lived.stock("A") == (8, 0)

    await lived.carrier(order, News.DELIVERED, signed=True)
    row = await lived.waits(order, "return_window")
    assert (row["payment_state"], row["captured_minor"]) == ("captured", order.total_minor)
    await lived.skip(order, 31)
    row = await lived.closed(order)
    assert (row["order_state"], row["outcome"]) == ("closed", "completed")
    assert await lived.notices(order) == ["received", "reviewed", "shipped", "delivered"]
    assert await lived.events(order) <= EVENTS_AT_MOST
    # 12 % of 2,000 is the platform's, the rest with 100 freight the merchant's.
    legs = await lived.all(
        "SELECT account, amount_minor FROM ledger_entry JOIN ledger_transaction USING (key)"
        " WHERE order_number = %s ORDER BY account",
        order.order_number,
    )
    assert [(leg["account"], leg["amount_minor"]) for leg in legs] == [
        ("gateway:receivable", 2_100),
        ("merchant:m1:payable", -1_860),
        ("platform:commission", -240),
    ]


async def test_without_a_signature_the_money_is_taken_after_seven_days_without_complaint(
    lived: Lived,
) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.DELIVERED)
    row = await lived.waits(order, "receipt")
    assert (row["payment_state"], row["order_state"]) == ("authorised", "delivered")
    await lived.skip(order, 7.01)
    row = await lived.waits(order, "return_window")
    assert row["captured_minor"] == order.total_minor
    assert "no_complaint_in_time" in await lived.facts(order)


async def test_the_customer_confirms_receipt_and_the_money_is_taken_at_once(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order)
    await lived.carrier(order, News.DELIVERED)
    await lived.waits(order, "receipt")
    assert (await lived.say(order, "confirm_receipt")).done
    row = await lived.waits(order, "return_window")
    assert row["payment_state"] == "captured"


async def test_bench_steps_come_one_by_one_or_in_a_row_but_never_out_of_order(lived: Lived) -> None:
    order = an_order()
    await lived.submit(order)
    await lived.waits(order, "bench")
    assert (await lived.pack(order, steps=(BenchStep.PICK,))).next_step is BenchStep.CHECK
    assert (await lived.pack(order, steps=(BenchStep.CHECK, BenchStep.PACK))).next_step is BenchStep.LABEL
    answer = await lived.pack(order, steps=(BenchStep.LABEL,))
    assert answer.tracking_number
    assert answer.next_step is None
    row = await lived.one("SELECT steps, state FROM parcel WHERE order_number = %s", order.order_number)
    assert (row["steps"], row["state"]) == (["pick", "check", "pack", "label"], "labelled")


async def test_lines_that_no_warehouse_has_together_become_two_parcels_and_one_capture(lived: Lived) -> None:
    order = an_order({"A": 1, "B": 2})
    await lived.submit(order)
    await lived.waits(order, "bench")
    await lived.pack(order, "P1")
    await lived.pack(order, "P2")
    await lived.carrier(order, News.HANDED_OVER, "P1")
    await lived.carrier(order, News.DELIVERED, "P1", signed=True)
    await lived.waits(order, "handover")
    await lived.carrier(order, News.HANDED_OVER, "P2")
    await lived.carrier(order, News.DELIVERED, "P2", signed=True)
    row = await lived.waits(order, "return_window")
    assert row["captured_minor"] == order.total_minor
    assert await lived.stock("B", "LYS") == (3, 0)
