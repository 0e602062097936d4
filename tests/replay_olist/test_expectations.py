"""What the real record must come to: exact counts, where the files are."""

from __future__ import annotations

from collections import Counter

import pytest

from starter.olist.files import read_olist
from starter.olist.goods import goods
from starter.olist.lives import lives
from starter.olist.records import Olist
from tests.replay_olist.made_up import DATA, WHY_SKIPPED

pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra `data`)")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=WHY_SKIPPED)

EXPECTED = {
    ("approved", "waits for: bench"): 2,
    ("canceled", "ended: cancelled"): 288,
    ("canceled", "ended: returned_to_sender"): 75,
    ("canceled", "refused: too_few_lines"): 87,
    ("created", "refused: too_few_lines"): 5,
    ("delivered", "ended: completed"): 3_982,
    ("delivered", "waits for: bench"): 1,
    ("delivered", "waits for: delivery"): 1,
    ("invoiced", "refused: too_few_lines"): 2,
    ("invoiced", "waits for: bench"): 258,
    ("processing", "waits for: bench"): 299,
    ("shipped", "refused: too_few_lines"): 1,
    ("shipped", "waits for: delivery"): 931,
    ("unavailable", "refused: too_few_lines"): 566,
    ("unavailable", "waits for: bench"): 1,
    ("unavailable", "waits for: stock"): 5,
}
NOTES = {
    "paid, but nothing was bought": 661,
    "cancelled after hand-over: comes back": 69,
    "what was paid is not what was sold": 36,
    "handed over before the payment was approved": 34,
    "cancelled after delivery: comes back": 6,
    "delivered before it was handed over": 3,
    "called delivered, without a time of delivery": 2,
    "handed over before it was bought": 2,
}


@pytest.fixture(scope="module")
def record() -> Olist:
    return read_olist(DATA)


def test_every_order_has_an_expected_end_and_every_oddity_is_counted(record: Olist) -> None:
    planned = lives(record)
    assert len(planned) == len({life.number for life in planned}) == 6_504
    assert dict(Counter((life.status, life.expected) for life in planned)) == EXPECTED
    assert dict(Counter(note for life in planned for note in life.notes)) == NOTES


def test_the_made_up_stock_is_enough_for_every_order(record: Olist) -> None:
    made = goods(record)
    pieces: Counter[str] = Counter()
    for one in made.stock:
        pieces[one.sku] += one.pieces
    asked: Counter[str] = Counter()
    for life in lives(record):
        if life.expected != "waits for: stock":
            for line in life.body["lines"]:
                asked[line["sku"]] += line["quantity"]
    assert [sku for sku, wanted in asked.items() if pieces[sku] < wanted] == []
    assert (len(made.products), len(made.unserved)) == (4_467, 6)
