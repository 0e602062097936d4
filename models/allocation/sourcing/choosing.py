"""From where one order is served: rules in their order, then the exact choice. Pure: a dry run is this very function."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.allocation.sourcing.messages import (
    Ask,
    Decision,
    Item,
    Missing,
    Node,
    Plan,
    Rank,
    Rule,
    Rulebook,
    RuleName,
    Shipment,
    Taken,
)
from models.allocation.sourcing.plans import Choice, Limits, Need, Problem, cheapest
from models.allocation.sourcing.screening import missing_pieces, offers, screened, verdicts, wanted_pieces


def choose(ask: Ask, book: Rulebook) -> Decision:
    """The best plan that the rules allow, or what is short, or which rule blocks.

    Lenient rules hold one after the other, each as long as all that the strict ones leave can still be sent.
    """
    nodes = sorted(ask.nodes, key=lambda node: (node.distance_km, node.code))
    wanted = wanted_pieces(ask.items)
    strict = tuple(rule for rule in book.rules if rule.strict)
    may_send, _ = screened(nodes, ask.country, strict)
    short = missing_pieces(wanted, may_send)
    items = _in_stock(ask.items, short) if book.partial else ask.items
    found: _Found | None = None
    if items and (book.partial or not short):
        found = _attempt(nodes, ask.country, items, book.rules, book.ranks)
        if not found.choices:
            found = _relaxed(nodes, ask.country, items, book, strict)
    return Decision(
        plan=_plan(found, 0) if found else None,
        runner_up=_plan(found, 1) if found else None,
        short=short,
        verdicts=verdicts(
            nodes, ask.country, book, short, found.rules if found else None, bool(found and found.choices)
        ),
        offers=offers(nodes, wanted, ask.country, found.rules if found else strict),
        ranks=book.ranks,
        rules_version=book.version,
        prices_version=ask.prices_version,
        exact=found.complete if found else True,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What one set of rules led to."""

    rules: tuple[Rule, ...]
    nodes: Sequence[Node]
    items: Sequence[Item]
    choices: Sequence[Choice]
    complete: bool


def _relaxed(
    nodes: Sequence[Node], country: str, items: Sequence[Item], book: Rulebook, strict: tuple[Rule, ...]
) -> _Found:
    """As many of the first lenient rules as the goods can go with."""
    kept = set(strict)
    found = _attempt(nodes, country, items, strict, book.ranks)
    if found.choices:
        for lenient in (rule for rule in book.rules if not rule.strict):
            rules = tuple(rule for rule in book.rules if rule in kept or rule == lenient)
            tried = _attempt(nodes, country, items, rules, book.ranks)
            if tried.choices:
                kept.add(lenient)
                found = tried
    return found


def _attempt(
    nodes: Sequence[Node],
    country: str,
    items: Sequence[Item],
    rules: tuple[Rule, ...],
    ranks: tuple[Rank, ...],
) -> _Found:
    may_send, _ = screened(nodes, country, rules)
    skus = list(wanted_pieces(items))
    fixed, piece = _compared(may_send, items, skus, ranks)
    needs = [Need(skus.index(one.sku), one.quantity, one.together, one.value_minor) for one in items]
    stock = [[node.stock.get(sku, 0) for node in may_send] for sku in skus]
    choices, complete = cheapest(Problem(needs, fixed, piece, stock, _limits(rules)), choices=2)
    return _Found(rules, may_send, items, choices, complete)


def _limits(rules: Iterable[Rule]) -> Limits:
    most = [rule.limit for rule in rules if rule.name is RuleName.MAX_SHIPMENTS]
    floors = [rule.limit for rule in rules if rule.name is RuleName.SPLIT_FLOOR]
    together = any(rule.name is RuleName.KEEP_TOGETHER for rule in rules)
    return Limits(min(most, default=None), max(floors, default=0), together)


def _compared(
    nodes: Sequence[Node], items: Sequence[Item], skus: Sequence[str], ranks: Sequence[Rank]
) -> tuple[list[int], list[list[int]]]:
    """What a shipment and a piece count in one number: an earlier rank outweighs all that later ones can add up to."""
    fixed = [0] * len(nodes)
    piece = [[0] * len(nodes) for _ in skus]
    pieces = sum(one.quantity for one in items)
    for rank in ranks:
        shipment_counts = [_shipment_counts(node, rank) for node in nodes]
        piece_counts = [[_piece_counts(node, sku, rank) for node in nodes] for sku in skus]
        outweighs = 1
        if len(ranks) > 1:
            outweighs += sum(shipment_counts) + pieces * max(
                (max(row, default=0) for row in piece_counts), default=0
            )
        fixed = [have * outweighs + more for have, more in zip(fixed, shipment_counts, strict=True)]
        piece = [
            [have * outweighs + more for have, more in zip(row, counts, strict=True)]
            for row, counts in zip(piece, piece_counts, strict=True)
        ]
    return fixed, piece


def _shipment_counts(node: Node, rank: Rank) -> int:
    if rank is Rank.COST:
        return node.fixed_minor
    if rank is Rank.SHIPMENTS:
        return 1
    return round(node.distance_km * 1_000) if rank is Rank.DISTANCE else 0


def _piece_counts(node: Node, sku: str, rank: Rank) -> int:
    if rank is Rank.COST:
        return node.piece_minor + node.prices.get(sku, 0)
    return node.preference if rank is Rank.PREFERENCE else 0


def _in_stock(items: Iterable[Item], short: Iterable[Missing]) -> tuple[Item, ...]:
    """The items less what is short: the last lines go without first."""
    missing = {one.sku: one.missing for one in short}
    left: list[Item] = []
    for one in reversed(tuple(items)):
        without = min(one.quantity, missing.get(one.sku, 0))
        if without:
            missing[one.sku] -= without
        if without < one.quantity:
            left.append(one.model_copy(update={"quantity": one.quantity - without}) if without else one)
    return tuple(reversed(left))


def _plan(found: _Found, nth: int) -> Plan | None:
    if nth >= len(found.choices):
        return None
    taken: dict[int, list[Taken]] = {}
    goods: dict[int, tuple[int, int]] = {}
    for need, at, pieces in found.choices[nth].given:
        item, node = found.items[need], found.nodes[at]
        taken.setdefault(at, []).append(Taken(line_no=item.line_no, sku=item.sku, quantity=pieces))
        cost, worth = goods.get(at, (node.fixed_minor, 0))
        goods[at] = (cost + pieces * node.piece_minor, worth + pieces * node.prices.get(item.sku, 0))
    shipments = tuple(
        Shipment(node=found.nodes[at].code, taken=tuple(taken[at]), cost_minor=cost, stock_price_minor=worth)
        for at, (cost, worth) in sorted(goods.items())
    )
    return Plan(
        shipments=shipments,
        cost_minor=sum(one.cost_minor for one in shipments),
        stock_price_minor=sum(one.stock_price_minor for one in shipments),
    )
