"""A sourcing decision in words, for operators. Pure."""

from models.allocation.sourcing.messages import Decision, Outcome, Plan, Rank, RuleName, Verdict

_RANKS = {
    Rank.COST: "cost with stock at its price",
    Rank.SHIPMENTS: "number of shipments",
    Rank.DISTANCE: "distance of the shipments",
    Rank.PREFERENCE: "preference of the nodes",
}
_RULES = {
    RuleName.COUNTRY: "country allowed",
    RuleName.CAPACITY: "free capacity",
    RuleName.CUT_OFF: "cut-off not passed",
    RuleName.KEEP_TOGETHER: "groups kept together",
    RuleName.MAX_SHIPMENTS: "at most so many shipments",
    RuleName.SPLIT_FLOOR: "every shipment worth enough",
}
_OUTCOMES = {
    Outcome.HELD: "held",
    Outcome.GAVE_WAY: "gave way, it would have left goods in stock unsent",
    Outcome.BLOCKS: "blocks: goods in stock are not sent because of it",
    Outcome.NOT_ASKED: "not asked, something is short",
}


def explain(decision: Decision) -> str:
    """Lines of text: what goes from where, what is short, what each rule did, what was second best, and by which versions."""
    lines = []
    if decision.plan:
        lines += _plan(decision.plan)
    lines += [f"short of {one.sku}: {one.missing}" for one in decision.short]
    if not decision.plan:
        lines.append("nothing is sent")
    lines.append("compared by " + ", then ".join(_RANKS[rank] for rank in decision.ranks))
    if decision.plan and decision.runner_up:
        lines.append(f"runner-up: {_second(decision.plan, decision.runner_up)}")
    lines += [_rule(one) for one in decision.verdicts]
    lines += [
        f"{one.node}: {one.distance_km:.0f} km, "
        + ", ".join(f"{pieces} {sku}" for sku, pieces in one.stock.items())
        + (", ruled out" if one.ruled_out else "")
        for one in decision.offers
    ]
    prices = f", prices {decision.prices_version}" if decision.prices_version else ""
    lines.append(f"rules version {decision.rules_version}{prices}")
    if not decision.exact:
        lines.append("the search was cut off: a better plan may exist")
    return "\n".join(lines)


def _plan(plan: Plan) -> list[str]:
    return [
        f"{one.node} sends {', '.join(f'{taken.quantity} {taken.sku}' for taken in one.taken)} "
        f"for {one.cost_minor}, stock priced {one.stock_price_minor}"
        for one in plan.shipments
    ]


def _second(plan: Plan, other: Plan) -> str:
    more = other.cost_minor - plan.cost_minor
    stock = other.stock_price_minor - plan.stock_price_minor
    return f"{' and '.join(other.nodes)}, cost {more:+d}, stock {stock:+d}"


def _rule(one: Verdict) -> str:
    kind = "strict" if one.strict else "lenient"
    out = f", rules out {', '.join(one.nodes)}" if one.nodes else ""
    return f"rule {_RULES[one.rule]} ({kind}): {_OUTCOMES[one.outcome]}{out}"
