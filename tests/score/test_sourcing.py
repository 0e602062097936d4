"""The scorecard of sourcing: its worlds, its accounts, its bound, and that the targets are met."""

from __future__ import annotations

import json
import sys
from collections import Counter

import pytest
from typer.testing import CliRunner, Result

from models.allocation.sourcing.messages import Rank
from starter.score import sourcing
from starter.score.faults import Unfit
from starter.score.sourcing import (
    EXACT,
    FEWEST,
    KNOWN,
    LEARNED,
    NEAREST,
    POLICIES,
    TODAY,
    Figure,
    bound,
    figure,
)
from starter.score.sourcing_policies import ByChoice, Policy, Season, Sent, Stock, season
from starter.score.sourcing_world import CITIES, SKUS, World, arrivals, made
from starter.score.timing import Took, percentile
from workers.main import build

pytest.importorskip("scipy", reason="scipy is not installed (extra `sourcing`)")

FEW = 400


def run(*words: str) -> Result:
    return CliRunner().invoke(build("score"), ["score", "sourcing", *words])


@pytest.fixture(scope="module")
def world() -> World:
    return made(3, FEW)


def test_a_seed_is_a_world_and_another_seed_another_one(world: World) -> None:
    assert made(3, FEW) == world
    assert made(4, FEW).km != world.km
    assert arrivals(world, 3, 0.3) == arrivals(world, 3, 0.3) != arrivals(world, 4, 0.3)
    assert len(arrivals(world, 3, 0.6)) == FEW


def test_stock_is_a_fifth_more_than_the_season_is_expected_to_want() -> None:
    world = made(5, 10_000)
    wanted = [0.0] * SKUS
    for kind, rate in zip(world.kinds, world.rates(), strict=True):
        for sku, pieces in kind.basket:
            wanted[sku] += 10_000 * rate * pieces
    assert [sum(row) for row in world.stock] == pytest.approx([1.2 * one for one in wanted], abs=5)
    assert any(0 in row for row in world.stock)


def test_under_drift_cities_grow_or_shrink_over_the_season() -> None:
    world = made(5, 10_000)
    moved = {}
    for drift in (0.0, 0.6):
        came = [number // len(world.goods) for number in arrivals(world, 5, drift)]
        early, late = Counter(came[:2_500]), Counter(came[-2_500:])
        moved[drift] = sum(abs(early[city] - late[city]) for city in range(CITIES)) / 2_500
    assert moved[0.0] < 0.15 < 0.35 < moved[0.6]


class Nothing(Policy):
    """Sends nothing."""

    def sent(self, number: int, stock: Stock) -> Sent:
        return []


class TooMuch(Policy):
    """Sends what is not there."""

    def sent(self, number: int, stock: Stock) -> Sent:
        return [(0, 0, stock[0][0] + 1)]


def test_what_is_in_stock_and_not_sent_is_counted_and_paid_for(world: World) -> None:
    came = arrivals(world, 3, 0.0)
    found = season(world, came, Nothing(world))
    pieces = sum(pieces for number in came for _, pieces in world.kinds[number].basket)
    assert (found.refused_pieces, found.short_pieces, found.shipments) == (pieces, pieces, 0)
    assert found.cost_minor == pieces * world.network.short
    shown = figure("nothing", 0.0, None, [found], [bound(world, came)])
    assert not shown.passed


def test_a_policy_cannot_send_what_is_not_there(world: World) -> None:
    with pytest.raises(ArithmeticError, match="not there"):
        season(world, arrivals(world, 3, 0.0), TooMuch(world))


@pytest.mark.parametrize("policy", [NEAREST, TODAY, FEWEST, EXACT, KNOWN, LEARNED])
def test_no_policy_refuses_or_undercuts_the_bound_or_loses_pieces(world: World, policy: str) -> None:
    came = arrivals(world, 3, 0.3)
    found = season(world, came, POLICIES[policy](world))
    assert found.refused_pieces == 0
    assert found.cost_minor >= bound(world, came)
    again = season(world, came, POLICIES[policy](world))
    assert (again.cost_minor, again.shipments) == (found.cost_minor, found.shipments)


def test_scarce_stock_runs_out_for_everybody_alike(world: World) -> None:
    came = arrivals(world, 3, 0.0)
    scarce = made(3, FEW)
    for row in scarce.stock:
        row[:] = [pieces // 3 for pieces in row]
    wanted = [0] * SKUS
    for number in came:
        for sku, pieces in scarce.kinds[number].basket:
            wanted[sku] += pieces
    short = sum(max(0, want - sum(row)) for want, row in zip(wanted, scarce.stock, strict=True))
    assert short > 100
    for policy in (NEAREST, TODAY, FEWEST, EXACT):
        found = season(scarce, came, POLICIES[policy](scarce))
        assert (found.short_pieces, found.refused_pieces) == (short, 0)


def test_fewest_nodes_sends_fewest_shipments_of_one_order() -> None:
    world = made(3, FEW)
    for number in range(len(world.kinds)):
        fewest, cheapest = (
            {node for _, node, _ in ByChoice(world, *ranks).sent(number, world.stock)}
            for ranks in ((Rank.SHIPMENTS, Rank.COST), (Rank.COST,))
        )
        assert len(fewest) <= len(cheapest)


def line(gap: float, refused: int = 0) -> Figure:
    found = Season(round(1000 * (1 + gap / 100)), 1, refused, refused, (Took(1.0, 2.0),))
    return figure(KNOWN, 0.0, 1.0, [found], [1000.0])


def test_a_figure_passes_up_to_its_target_and_only_when_nothing_was_refused() -> None:
    assert [line(gap).passed for gap in (0.9, 1.0, 1.1)] == [True, True, False]
    assert not line(0.5, refused=1).passed


def test_figures_that_fall_short_end_with_1_and_one_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    for at_most, code in ((0.0, 1), (99.0, 0)):
        monkeypatch.setattr(sourcing, "MEASURED", ((0.0, EXACT, at_most), (0.6, LEARNED, at_most)))
        ended = run("--seed", "3", "--seed", "4", "--orders", str(FEW), "--json")
        card = json.loads(ended.stdout)
        assert (ended.exit_code, card["passed"]) == (code, code == 0)
        assert (card["seeds"], card["orders"]) == ([3, 4], FEW)
        assert [(one["policy"], one["drift"]) for one in card["figures"]] == [(EXACT, 0.0), (LEARNED, 0.6)]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(Unfit, match=r"scipy: is not installed .*pip install 'orderloom\[sourcing\]'"):
        sourcing.run([1], FEW)


@pytest.mark.slow
@pytest.mark.parametrize(("drift", "policy", "at_most"), [(0.0, KNOWN, 1.0), (0.6, LEARNED, 2.5)])
def test_the_targets_are_met_in_a_world_that_nothing_was_tuned_in(
    drift: float, policy: str, at_most: float
) -> None:
    world = made(11, 10_000)
    came = arrivals(world, 11, drift)
    found = season(world, came, POLICIES[policy](world))
    assert (found.refused_pieces, found.short_pieces) == (0, 0)
    assert 0 <= 100 * (found.cost_minor / bound(world, came) - 1) <= at_most
    assert percentile([one.processor_ms for one in found.took], 99) <= 5
