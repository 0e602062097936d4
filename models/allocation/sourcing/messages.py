"""What sourcing is asked, by which rules, and what it decides. Amounts are minor units of one currency."""

from enum import StrEnum

from pydantic import Field, NonNegativeInt

from models.shared.messages import Message


class Item(Message):
    """A line's need: pieces of a SKU, and what one piece is worth. Lines with the same `together` leave from one node."""

    line_no: int
    sku: str
    quantity: int = Field(gt=0)
    value_minor: int = Field(0, ge=0)
    together: str = ""


class Node(Message):
    """A place that can send: a warehouse, a store.

    `stock`: pieces free to promise. `prices`: the shadow price of a piece, what it will be worth to later orders.
    `fixed_minor` and `piece_minor`: what a shipment from here costs, and each piece in it. `preference`: lower is better.
    `ships_to`: countries (ISO 3166), empty for all. `free_shipments`: how many more it can send today, None for no limit.
    """

    code: str
    distance_km: float = 0
    stock: dict[str, NonNegativeInt] = Field(default_factory=dict)
    prices: dict[str, NonNegativeInt] = Field(default_factory=dict)
    fixed_minor: int = Field(0, ge=0)
    piece_minor: int = Field(0, ge=0)
    preference: int = Field(0, ge=0)
    ships_to: tuple[str, ...] = ()
    free_shipments: int | None = None
    cut_off_passed: bool = False


class RuleName(StrEnum):
    """The first three look at a node, the others at a plan."""

    COUNTRY = "country"
    CAPACITY = "capacity"
    CUT_OFF = "cut_off"
    KEEP_TOGETHER = "keep_together"
    MAX_SHIPMENTS = "max_shipments"
    SPLIT_FLOOR = "split_floor"


class Rule(Message):
    """One rule. A strict one always holds; a lenient one gives way, the last first, when it would leave goods in stock unsent.

    `limit`: of `max_shipments` how many, of `split_floor` what each shipment of a split order is worth at least.
    """

    name: RuleName
    strict: bool = False
    limit: int = Field(0, ge=0)


class Rank(StrEnum):
    """By what plans are compared: cost with stock at its shadow price, shipments, kilometres of all shipments, preference of pieces."""

    COST = "cost"
    SHIPMENTS = "shipments"
    DISTANCE = "distance"
    PREFERENCE = "preference"


class Rulebook(Message):
    """Rules and ranks in their order, one version. `partial`: what there is goes out although something is short."""

    version: int = 1
    rules: tuple[Rule, ...] = (
        Rule(name=RuleName.COUNTRY, strict=True),
        Rule(name=RuleName.CAPACITY, strict=True),
        Rule(name=RuleName.KEEP_TOGETHER),
        Rule(name=RuleName.CUT_OFF),
    )
    ranks: tuple[Rank, ...] = (Rank.COST,)
    partial: bool = False


class Ask(Message):
    """One order, or what is left of it, and the nodes that may send. `prices_version` names the shadow prices."""

    country: str
    items: tuple[Item, ...]
    nodes: tuple[Node, ...]
    prices_version: str = ""


class Taken(Message):
    """Pieces of a line from one node."""

    line_no: int
    sku: str
    quantity: int


class Shipment(Message):
    """What one node sends: what it costs, and what the stock it uses is worth to others."""

    node: str
    taken: tuple[Taken, ...]
    cost_minor: int
    stock_price_minor: int


class Plan(Message):
    """Shipments, nearest first, and what they come to."""

    shipments: tuple[Shipment, ...]
    cost_minor: int
    stock_price_minor: int

    @property
    def nodes(self) -> tuple[str, ...]:
        """Who sends."""
        return tuple(one.node for one in self.shipments)


class Missing(Message):
    """Pieces of a SKU that nobody who may send has."""

    sku: str
    missing: int


class Outcome(StrEnum):
    """What became of a rule. `blocks`: goods in stock stay where they are because of it; `not_asked`: no plan was looked for."""

    HELD = "held"
    GAVE_WAY = "gave_way"
    BLOCKS = "blocks"
    NOT_ASKED = "not_asked"


class Verdict(Message):
    """What one rule did. `nodes`: those it ruled out."""

    rule: RuleName
    strict: bool
    outcome: Outcome
    nodes: tuple[str, ...] = ()


class Offer(Message):
    """What a node had to give when the choice fell. `ruled_out`: by which rule; `covers`: all of the order."""

    node: str
    distance_km: float
    covers: bool
    stock: dict[str, int]
    prices: dict[str, int]
    ruled_out: RuleName | None = None


class Decision(Message):
    """The plan, or why there is none: `short`, or a rule that blocks. Everything it hung on is kept.

    `runner_up`: the best plan from another set of nodes. `exact` False: the search was cut off, a better plan may exist.
    """

    plan: Plan | None
    runner_up: Plan | None = None
    short: tuple[Missing, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    offers: tuple[Offer, ...] = ()
    ranks: tuple[Rank, ...] = ()
    rules_version: int
    prices_version: str = ""
    exact: bool = True
