"""Which nodes may send, and what each rule said about it. Pure."""

from collections.abc import Iterable, Sequence

from models.allocation.sourcing.messages import (
    Item,
    Missing,
    Node,
    Offer,
    Outcome,
    Rule,
    Rulebook,
    RuleName,
    Verdict,
)

FILTERS = (RuleName.COUNTRY, RuleName.CAPACITY, RuleName.CUT_OFF)


def _objection(node: Node, country: str, rule: RuleName) -> bool:
    if rule is RuleName.COUNTRY:
        return bool(node.ships_to) and country not in node.ships_to
    if rule is RuleName.CAPACITY:
        return node.free_shipments is not None and node.free_shipments <= 0
    return rule is RuleName.CUT_OFF and node.cut_off_passed


def screened(
    nodes: Sequence[Node], country: str, rules: Iterable[Rule]
) -> tuple[list[Node], dict[str, RuleName]]:
    """Who may send, and which rule ruled the others out: the first one that objects."""
    names = [rule.name for rule in rules if rule.name in FILTERS]
    ruled_out: dict[str, RuleName] = {}
    left = []
    for node in nodes:
        against = next((name for name in names if _objection(node, country, name)), None)
        if against is None:
            left.append(node)
        else:
            ruled_out[node.code] = against
    return left, ruled_out


def wanted_pieces(items: Iterable[Item]) -> dict[str, int]:
    """Pieces of each SKU over all lines."""
    wanted: dict[str, int] = {}
    for one in items:
        wanted[one.sku] = wanted.get(one.sku, 0) + one.quantity
    return wanted


def missing_pieces(wanted: dict[str, int], nodes: Iterable[Node]) -> tuple[Missing, ...]:
    """What the nodes together do not have."""
    there = dict.fromkeys(wanted, 0)
    for node in nodes:
        for sku in there:
            there[sku] += max(0, node.stock.get(sku, 0))
    return tuple(
        Missing(sku=sku, missing=pieces - there[sku])
        for sku, pieces in sorted(wanted.items())
        if there[sku] < pieces
    )


def verdicts(
    nodes: Sequence[Node],
    country: str,
    book: Rulebook,
    short: Sequence[Missing],
    kept: tuple[Rule, ...] | None,
    sent: bool,
) -> tuple[Verdict, ...]:
    """What each rule did, in the order of the rulebook. `kept`: the rules that held, None when no plan was looked for."""
    holding = tuple(rule for rule in book.rules if rule.strict) if kept is None else kept
    _, ruled_out = screened(nodes, country, holding)
    lacking = {one.sku for one in short}
    found = []
    for rule in book.rules:
        against = [node for node in nodes if ruled_out.get(node.code) is rule.name]
        if rule not in holding:
            outcome = Outcome.NOT_ASKED if kept is None else Outcome.GAVE_WAY
        elif rule.name in FILTERS:
            keeps_back = any(node.stock.get(sku, 0) > 0 for node in against for sku in lacking)
            outcome = Outcome.BLOCKS if keeps_back else Outcome.HELD
        else:
            outcome = Outcome.HELD if sent else Outcome.NOT_ASKED if kept is None else Outcome.BLOCKS
        codes = tuple(node.code for node in against)
        found.append(Verdict(rule=rule.name, strict=rule.strict, outcome=outcome, nodes=codes))
    return tuple(found)


def offers(
    nodes: Sequence[Node], wanted: dict[str, int], country: str, rules: Iterable[Rule]
) -> tuple[Offer, ...]:
    """What each node had to give of what was asked for."""
    _, ruled_out = screened(nodes, country, rules)
    return tuple(
        Offer(
            node=node.code,
            distance_km=node.distance_km,
            covers=all(node.stock.get(sku, 0) >= pieces for sku, pieces in wanted.items()),
            stock={sku: node.stock.get(sku, 0) for sku in wanted},
            prices={sku: node.prices.get(sku, 0) for sku in wanted},
            ruled_out=ruled_out.get(node.code),
        )
        for node in nodes
    )
