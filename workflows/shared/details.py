"""What an operator sees in the Temporal UI: search attributes and current details. No personal data."""

from datetime import datetime

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from models.order.fulfilment import held_back
from models.order.holds import named, reasons
from models.order.messages import Order
from models.order.rules import rule_holds
from models.order.run_state import OrderRun
from models.order.waits import WAITS, WaitingFor

STAGE = SearchAttributeKey.for_keyword("Stage")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")
WAITING_SINCE = SearchAttributeKey.for_datetime("WaitingSince")
PRIORITY = SearchAttributeKey.for_int("Priority")
CHANNEL = SearchAttributeKey.for_keyword("Channel")
MERCHANT_ID = SearchAttributeKey.for_keyword("MerchantId")
WAREHOUSE = SearchAttributeKey.for_keyword("Warehouse")
CARRIER = SearchAttributeKey.for_keyword("Carrier")
HOLD_REASONS = SearchAttributeKey.for_keyword_list("HoldReasons")
AMOUNT_MINOR = SearchAttributeKey.for_int("AmountMinor")
CURRENCY = SearchAttributeKey.for_keyword("Currency")
PROMISED_BY = SearchAttributeKey.for_datetime("PromisedBy")
RISK_VERDICT = SearchAttributeKey.for_keyword("RiskVerdict")

# Name → Temporal type, to register them.
SEARCH_ATTRIBUTES: tuple[tuple[str, str], ...] = (
    ("Stage", "Keyword"),
    ("WaitingFor", "Keyword"),
    ("WaitingSince", "Datetime"),
    ("Priority", "Int"),
    ("Channel", "Keyword"),
    ("MerchantId", "Keyword"),
    ("Warehouse", "Keyword"),
    ("Carrier", "Keyword"),
    ("HoldReasons", "KeywordList"),
    ("AmountMinor", "Int"),
    ("Currency", "Keyword"),
    ("PromisedBy", "Datetime"),
    ("RiskVerdict", "Keyword"),
)


def at_start(order: Order, priority: int) -> TypedSearchAttributes:
    """The attributes that never change: given with the start, so that they cost no event."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(CHANNEL, order.channel),
            SearchAttributePair(
                MERCHANT_ID, order.merchant_ids[0] if len(order.merchant_ids) == 1 else "several"
            ),
            SearchAttributePair(AMOUNT_MINOR, order.total_minor),
            SearchAttributePair(CURRENCY, order.currency),
            SearchAttributePair(PRIORITY, priority),
        ]
    )


class Shown:
    """Remembers what was upserted last, so that only changes are sent."""

    def __init__(self) -> None:
        self._last: dict[str, object] = {}

    def changes(self, run: OrderRun) -> list[SearchAttributeUpdate]:  # type: ignore[type-arg]
        """The updates that bring the order's search attributes up to date."""
        parcels = run.live_parcels or list(run.parcels.values())
        wanted: list[tuple[SearchAttributeKey, object]] = [  # type: ignore[type-arg]
            (STAGE, run.stage.value),
            (WAITING_FOR, run.waiting_for.value if run.waiting_for else ""),
            (WAITING_SINCE, run.waiting_since),
            (HOLD_REASONS, [reason.value for reason in reasons(run.holds)]),
            (RISK_VERDICT, run.risk.value),
            (PROMISED_BY, run.promised_by),
            (WAREHOUSE, parcels[0].plan.warehouse if parcels else ""),
            (CARRIER, parcels[0].carrier if parcels else ""),
        ]
        updates: list[SearchAttributeUpdate] = []  # type: ignore[type-arg]
        for key, value in wanted:
            if value == self._last.get(key.name) or (not value and key.name not in self._last):
                continue
            self._last[key.name] = value
            updates.append(key.value_set(value) if value else key.value_unset())
        return updates


def _desk(run: OrderRun) -> str:
    """Who looks at it, who approved what, what was asked."""
    desk = run.desk.view(rule_holds(run))
    parts = [f"proposal `{desk.proposal}`"]
    if desk.reviewer and desk.claimed_until:
        parts.append(f"claimed by {desk.reviewer} until {desk.claimed_until:%Y-%m-%d %H:%M} UTC")
    if desk.needed > 1:
        parts.append(
            f"{len(desk.approved_by)} of {desk.needed} approvals: {', '.join(desk.approved_by) or 'none yet'}"
        )
    if desk.question:
        parts.append("the customer was asked")
    return "**Desk:** " + " · ".join(parts)


def _holds(run: OrderRun) -> str:
    """What is held, why, by whom, who is to end it, and what the carrier did to it all the same."""
    told = [
        f"- `{hold.hold_id}` {hold.reason} — {named(hold.lines) if hold.lines else 'the whole order'}: {hold.why}"
        + f" (placed by {hold.placed_by}, {hold.placed_at:%Y-%m-%d %H:%M} UTC"
        + (f"; to be ended by {hold.owner}" if hold.owner else "")
        + (f"; ends by itself {hold.until:%Y-%m-%d %H:%M} UTC" if hold.until else "")
        + ")"
        for hold in run.holds
    ]
    told += [
        f"- {news.parcel_id} is held, and the carrier says `{news.news}`: booked when it is released"
        for news in run.parcel_news
        if held_back(run, news)
    ]
    return "\n".join(["**Holds:**", *told])


def current_details(order: Order, run: OrderRun, now: datetime) -> str:
    """Markdown: stage, what it waits for and since when, who can act and how, last facts, runbook."""
    lines = [
        f"### {order.summary()}",
        f"**Stage** {run.stage} · **order** {run.order_state} · **payment** {run.payment_state}",
    ]
    if run.waiting_for:
        wait = WAITS[run.waiting_for]
        since = f"{run.waiting_since or now:%Y-%m-%d %H:%M} UTC"
        due = f"{run.deadline_at:%Y-%m-%d %H:%M} UTC" if run.deadline_at else "no deadline"
        overdue = " — **overdue**" if run.overdue else ""
        lines.append(f"**Waits for {wait.what}** since {since} (due {due}{overdue})")
        how = " · ".join(f"`{verb}`" for verb in wait.how)
        lines.append(f"**Who can act:** {wait.who}. **How:** {how or 'nothing to do'}")
        if run.waiting_for is WaitingFor.REVIEW and run.desk.about:
            lines.append(_desk(run))
        if run.attention_step:
            lines.append(f"**Step:** {run.attention_step} — {run.attention}")
        lines.append(
            f"Runbook: {wait.runbook(run.waiting_for)} · `orderloom order show {order.order_number}`"
        )
    elif run.outcome:
        lines.append(f"**Finished:** {run.outcome}")
    if run.holds:
        lines.append(_holds(run))
    if run.facts:
        lines.append("Last: " + " → ".join(run.facts))
    return "\n\n".join(lines)
