"""The decision about one order: its rules hold in their order, nothing in stock is refused, and it is the best there is."""

from __future__ import annotations

from hypothesis import given

from models.allocation.sourcing.choosing import choose
from models.allocation.sourcing.explaining import explain
from models.allocation.sourcing.messages import (
    Ask,
    Decision,
    Item,
    Node,
    Outcome,
    Rule,
    Rulebook,
    RuleName,
    Shipment,
    Taken,
)
from tests.rules.sourcing_brute import ASKS, BOOKS, SKUS, keeps, node_of, rated, sent, spreads, to_send


@given(ASKS, BOOKS)
def test_the_decision_is_the_best_plan_under_the_rules_that_hold(ask: Ask, book: Rulebook) -> None:
    decision, items = choose(ask, book), to_send(ask, book)
    if not items or (items != ask.items and not book.partial):
        assert decision.plan is None
        return
    everything = list(spreads(ask, items))
    strict = [rule for rule in book.rules if rule.strict]
    held = list(strict)
    for rule in book.rules:
        if rule not in held and any(all(keeps(ask, items, s, r) for r in [*held, rule]) for s in everything):
            held.append(rule)
    allowed = [s for s in everything if all(keeps(ask, items, s, r) for r in held)]
    if not allowed:
        assert decision.plan is None
        return
    assert rated(ask, items, sent(decision), book.ranks) == min(
        rated(ask, items, s, book.ranks) for s in allowed
    )
    assert sent(decision) in allowed
    outcomes = {one.rule: one.outcome for one in decision.verdicts}
    assert {rule.name for rule in book.rules if outcomes[rule.name] is not Outcome.GAVE_WAY} == {
        r.name for r in held
    }


@given(ASKS, BOOKS)
def test_the_order_of_nodes_does_not_matter_and_a_dry_run_is_the_same(ask: Ask, book: Rulebook) -> None:
    turned = ask.model_copy(update={"nodes": ask.nodes[::-1]})
    assert choose(ask, book) == choose(turned, book)
    assert Decision.model_validate_json(choose(ask, book).model_dump_json()) == choose(ask, book)


@given(ASKS, BOOKS)
def test_pieces_are_conserved_and_costs_add_up(ask: Ask, book: Rulebook) -> None:
    decision = choose(ask, book)
    for plan in filter(None, (decision.plan, decision.runner_up)):
        for one in plan.shipments:
            node = node_of(ask, one.node)
            pieces = sum(taken.quantity for taken in one.taken)
            assert one.cost_minor == node.fixed_minor + pieces * node.piece_minor
            assert one.stock_price_minor == sum(t.quantity * node.prices.get(t.sku, 0) for t in one.taken)
            for sku in SKUS:
                assert sum(t.quantity for t in one.taken if t.sku == sku) <= node.stock.get(sku, 0)
        assert plan.cost_minor == sum(one.cost_minor for one in plan.shipments)
        for item in to_send(ask, book):
            taken = [t.quantity for one in plan.shipments for t in one.taken if t.line_no == item.line_no]
            assert sum(taken) == item.quantity


@given(ASKS, BOOKS)
def test_what_lenient_rules_alone_forbid_is_never_refused(ask: Ask, book: Rulebook) -> None:
    rules = tuple(rule.model_copy(update={"strict": False}) for rule in book.rules)
    lenient = book.model_copy(update={"rules": rules, "partial": True})
    decision = choose(ask, lenient)
    wanted = {sku: sum(one.quantity for one in ask.items if one.sku == sku) for sku in SKUS}
    there = {sku: sum(node.stock.get(sku, 0) for node in ask.nodes) for sku in SKUS}
    served = dict.fromkeys(SKUS, 0)
    for one in decision.plan.shipments if decision.plan else ():
        for taken in one.taken:
            served[taken.sku] += taken.quantity
    assert served == {sku: min(wanted[sku], there[sku]) for sku in SKUS}
    assert {one.sku: one.missing for one in decision.short} == {
        sku: wanted[sku] - there[sku] for sku in SKUS if wanted[sku] > there[sku]
    }


@given(ASKS, BOOKS)
def test_an_explanation_tells_every_rule_and_node(ask: Ask, book: Rulebook) -> None:
    decision = choose(ask, book)
    lines = explain(decision).splitlines()
    assert sum(line.startswith("rule ") for line in lines) == len(book.rules)
    assert all(any(line.startswith(f"{node.code}: ") for line in lines) for node in ask.nodes)
    assert "rules version 7" in lines
    assert ("nothing is sent" in lines) == (decision.plan is None)


MUGS = (Item(line_no=1, sku="MUG", quantity=2), Item(line_no=2, sku="CUP", quantity=1))
NEAR = Node(code="BER", distance_km=20, stock={"MUG": 2}, fixed_minor=500, piece_minor=20)
FAR = Node(code="AMS", distance_km=600, stock={"MUG": 9, "CUP": 9}, fixed_minor=500, piece_minor=300)


def test_one_far_shipment_is_cheaper_than_two_and_the_near_one_is_named_as_second_best() -> None:
    decision = choose(Ask(country="DE", items=MUGS, nodes=(FAR, NEAR), prices_version="p-3"), Rulebook())
    assert decision.plan
    assert decision.runner_up
    assert decision.plan.shipments == (
        Shipment(
            node="BER", taken=(Taken(line_no=1, sku="MUG", quantity=2),), cost_minor=540, stock_price_minor=0
        ),
        Shipment(
            node="AMS", taken=(Taken(line_no=2, sku="CUP", quantity=1),), cost_minor=800, stock_price_minor=0
        ),
    )
    assert (decision.runner_up.nodes, decision.runner_up.cost_minor) == (("AMS",), 1400)
    text = explain(decision)
    assert "BER sends 2 MUG for 540, stock priced 0" in text
    assert "runner-up: AMS, cost +60, stock +0" in text
    assert "rules version 1, prices p-3" in text


def test_stock_that_later_orders_need_more_is_left_for_them() -> None:
    dear = NEAR.model_copy(update={"prices": {"MUG": 31}})
    decision = choose(Ask(country="DE", items=MUGS, nodes=(FAR, dear)), Rulebook())
    assert decision.plan
    assert decision.plan.nodes == ("AMS",)


def test_a_strict_rule_that_keeps_goods_back_is_named() -> None:
    book = Rulebook(rules=(Rule(name=RuleName.COUNTRY, strict=True), Rule(name=RuleName.CUT_OFF)))
    only_french = FAR.model_copy(update={"ships_to": ("FR",)})
    decision = choose(Ask(country="DE", items=MUGS, nodes=(NEAR, only_french)), book)
    assert decision.plan is None
    assert [(one.sku, one.missing) for one in decision.short] == [("CUP", 1)]
    assert [(one.rule, one.outcome, one.nodes) for one in decision.verdicts] == [
        (RuleName.COUNTRY, Outcome.BLOCKS, ("AMS",)),
        (RuleName.CUT_OFF, Outcome.NOT_ASKED, ()),
    ]
    assert "goods in stock are not sent because of it, rules out AMS" in explain(decision)


def test_of_two_lenient_rules_that_do_not_go_together_the_first_one_holds() -> None:
    late = FAR.model_copy(update={"cut_off_passed": True})
    cups = Node(code="LIS", distance_km=900, stock={"CUP": 1})
    one_parcel, in_time = Rule(name=RuleName.MAX_SHIPMENTS, limit=1), Rule(name=RuleName.CUT_OFF)
    ask = Ask(country="DE", items=MUGS, nodes=(NEAR, late, cups))
    for rules, nodes in (((one_parcel, in_time), ("AMS",)), ((in_time, one_parcel), ("BER", "LIS"))):
        decision = choose(ask, Rulebook(rules=rules))
        assert decision.plan
        assert decision.plan.nodes == nodes
        assert [one.outcome for one in decision.verdicts] == [Outcome.HELD, Outcome.GAVE_WAY]
