"""Learned rates: shares of what came, a trend only where there is one, pairs only where they hang together."""

from __future__ import annotations

from random import Random

import pytest

from models.allocation.sourcing.rates import BIN, MOST, Rates, forecast

HALF = [BIN // 2, BIN - BIN // 2]


def test_with_nothing_seen_every_kind_is_as_likely() -> None:
    assert Rates(2, 4).expected(80) == [[10.0] * 4] * 2


def test_expected_orders_add_up_and_follow_what_came() -> None:
    rates = Rates(2, 2)
    for nth in range(8 * BIN):
        rates.saw(int(nth % 4 == 0), int(nth % 2 == 0))
    expected = rates.expected(1_000)
    assert sum(map(sum, expected)) == pytest.approx(1_000)
    assert sum(expected[1]) == pytest.approx(250, abs=15)
    # The second destination only ever wants the second basket.
    assert expected[1][1] > 4 * expected[1][0]


def test_shares_that_only_wobble_have_no_trend() -> None:
    chance = Random(5)
    bins = []
    for _ in range(20):
        drawn = chance.choices(range(4), (4, 3, 2, 1), k=BIN)
        bins.append([drawn.count(one) for one in range(4)])
    summed = [sum(column) for column in zip(*bins, strict=True)]
    for then, so_far in zip(forecast(bins, 4, 20 * BIN), summed, strict=True):
        assert then == pytest.approx(so_far / sum(summed), rel=0.05)


def test_a_share_that_grows_is_expected_to_go_on_growing() -> None:
    bins = [[BIN - 20 - 10 * nth, 20 + 10 * nth] for nth in range(10)]
    # In the next ten bins the line goes on from 120 to 210 of 250.
    assert forecast(bins, 2, 10 * BIN)[1] == pytest.approx(165 / BIN, abs=0.02)


def test_a_trend_is_not_believed_without_end() -> None:
    bins = [[BIN - 5 * nth, 5 * nth] for nth in range(6)]
    share = sum(5 * nth for nth in range(6)) / (6 * BIN)
    assert forecast(bins, 2, 1_000 * BIN)[1] <= MOST * share / (MOST * share + 0.1 * (1 - share)) + 0.01


def test_a_few_bins_say_nothing_about_a_trend() -> None:
    assert forecast([[50, 200], [100, 150], [150, 100]], 2, BIN) == pytest.approx([0.4, 0.6], abs=0.01)


def test_equal_pasts_give_equal_futures() -> None:
    one, other = Rates(3, 5), Rates(3, 5)
    for nth in range(3 * BIN + 7):
        one.saw(nth % 3, nth % 5)
        other.saw(nth % 3, nth % 5)
    assert one.expected(500) == other.expected(500)
