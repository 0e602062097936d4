"""Sourcing by brute force: every way to send an order, and every rule in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st

from models.allocation.sourcing.messages import (
    Ask,
    Decision,
    Item,
    Node,
    Rank,
    Rule,
    Rulebook,
    RuleName,
)

SKUS, CODES = ("CUP", "MUG"), ("AMS", "BER", "LIS")
FEW = st.integers(0, 3)
Spread = dict[tuple[int, str], int]  # pieces by line and node

ITEMS = st.lists(
    st.builds(
        Item,
        line_no=st.just(1),
        sku=st.sampled_from(SKUS),
        quantity=st.integers(1, 2),
        value_minor=st.integers(1, 5),
        together=st.sampled_from(("", "gift")),
    ),
    min_size=1,
    max_size=3,
).map(lambda items: tuple(one.model_copy(update={"line_no": nth}) for nth, one in enumerate(items, 1)))
NODES = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True).flatmap(
    lambda codes: st.tuples(
        *(
            st.builds(
                Node,
                code=st.just(code),
                distance_km=st.integers(0, 3).map(float),
                stock=st.fixed_dictionaries({}, optional=dict.fromkeys(SKUS, FEW)),
                prices=st.fixed_dictionaries({}, optional=dict.fromkeys(SKUS, FEW)),
                fixed_minor=FEW,
                piece_minor=FEW,
                preference=FEW,
                ships_to=st.sampled_from(((), ("DE",), ("DE", "FR"))),
                free_shipments=st.sampled_from((None, 0, 1)),
                cut_off_passed=st.booleans(),
            )
            for code in codes
        )
    )
)
ASKS = st.builds(Ask, country=st.sampled_from(("DE", "FR")), items=ITEMS, nodes=NODES)
RULES = st.lists(
    st.builds(Rule, name=st.sampled_from(list(RuleName)), strict=st.booleans(), limit=st.integers(0, 6)),
    max_size=4,
    unique_by=lambda rule: rule.name,
).map(tuple)
BOOKS = st.builds(
    Rulebook,
    version=st.just(7),
    rules=RULES,
    ranks=st.lists(st.sampled_from(list(Rank)), min_size=1, max_size=4, unique=True).map(tuple),
    partial=st.booleans(),
)


def node_of(ask: Ask, code: str) -> Node:
    """The node of that code."""
    return next(node for node in ask.nodes if node.code == code)


def spreads(ask: Ask, items: tuple[Item, ...]) -> Iterator[Spread]:
    """All ways to send the items out of what lies there."""
    codes = [node.code for node in ask.nodes]
    per_line = [
        [way for way in product(range(one.quantity + 1), repeat=len(codes)) if sum(way) == one.quantity]
        for one in items
    ]
    for ways in product(*per_line):
        spread = {
            (one.line_no, code): pieces
            for one, way in zip(items, ways, strict=True)
            for code, pieces in zip(codes, way, strict=True)
            if pieces
        }
        sku_of = {one.line_no: one.sku for one in items}
        if all(
            sum(pieces for (line, at), pieces in spread.items() if at == code and sku_of[line] == sku)
            <= node_of(ask, code).stock.get(sku, 0)
            for code in codes
            for sku in SKUS
        ):
            yield spread


def keeps(ask: Ask, items: tuple[Item, ...], spread: Spread, rule: Rule) -> bool:
    """Whether a way to send the items is in keeping with a rule, in the rule's own words."""
    senders = {code for _, code in spread}
    nodes = [node_of(ask, code) for code in senders]
    if rule.name is RuleName.COUNTRY:
        return all(not node.ships_to or ask.country in node.ships_to for node in nodes)
    if rule.name is RuleName.CAPACITY:
        return all(node.free_shipments != 0 for node in nodes)
    if rule.name is RuleName.CUT_OFF:
        return not any(node.cut_off_passed for node in nodes)
    if rule.name is RuleName.KEEP_TOGETHER:
        return all(
            len(
                {
                    code
                    for line, code in spread
                    for one in items
                    if one.line_no == line and one.together == group
                }
            )
            <= 1
            for group in {one.together for one in items} - {""}
        )
    if rule.name is RuleName.MAX_SHIPMENTS:
        return len(senders) <= rule.limit
    value = {one.line_no: one.value_minor for one in items}
    worth = {code: sum(n * value[line] for (line, at), n in spread.items() if at == code) for code in senders}
    return len(senders) == 1 or all(one >= rule.limit for one in worth.values())


def rated(ask: Ask, items: tuple[Item, ...], spread: Spread, ranks: tuple[Rank, ...]) -> tuple[float, ...]:
    """What a way to send counts, rank by rank, and then its shipments."""
    nodes = [node_of(ask, code) for code in {code for _, code in spread}]
    sku_of = {one.line_no: one.sku for one in items}
    pieces = [(node_of(ask, code), sku_of[line], n) for (line, code), n in spread.items()]
    rates: dict[Rank, float] = {
        Rank.COST: sum(node.fixed_minor for node in nodes)
        + sum(n * (node.piece_minor + node.prices.get(sku, 0)) for node, sku, n in pieces),
        Rank.SHIPMENTS: len(nodes),
        Rank.DISTANCE: sum(node.distance_km for node in nodes),
        Rank.PREFERENCE: sum(n * node.preference for node, _, n in pieces),
    }
    return (*(rates[rank] for rank in ranks), len(nodes))


def sent(decision: Decision) -> Spread:
    """Pieces by line and node in the plan."""
    assert decision.plan
    return {
        (taken.line_no, one.node): taken.quantity for one in decision.plan.shipments for taken in one.taken
    }


def _left_by_strict(ask: Ask, book: Rulebook) -> dict[str, int]:
    """Pieces of each SKU with the nodes that the strict rules let send."""
    filters = [r for r in book.rules if r.strict and r.name in ("country", "capacity", "cut_off")]
    nodes = [
        node for node in ask.nodes if all(keeps(ask, ask.items, {(0, node.code): 1}, r) for r in filters)
    ]
    return {sku: sum(node.stock.get(sku, 0) for node in nodes) for sku in SKUS}


def to_send(ask: Ask, book: Rulebook) -> tuple[Item, ...]:
    """The items less what is short, from the last line on."""
    there, items = _left_by_strict(ask, book), []
    for one in ask.items:
        pieces = min(one.quantity, there[one.sku])
        there[one.sku] -= pieces
        if pieces:
            items.append(one.model_copy(update={"quantity": pieces}))
    return tuple(items)
