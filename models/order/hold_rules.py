"""What a hold stops, and what may be said about holds. Pure.

Three kinds of things may be held: what is still to be sourced, line by line; a parcel, with any of its lines; and, before
anything is sourced, the order. What the carrier has is no longer held.
"""

from collections.abc import Iterable
from datetime import datetime

from models.allocation.messages import Sourcing
from models.order.holds import OpenHold, hold_id, named, told
from models.order.messages import Hold, Release, Want
from models.order.run_state import OrderRun, ParcelRun

MOST_HOLDS = 50
OWNER_LENGTH = 100


def on_lines(run: OrderRun, lines: Iterable[int]) -> list[OpenHold]:
    """The open holds that stop what holds these lines."""
    numbers = tuple(lines)
    return [hold for hold in run.holds if hold.stops(numbers)]


def on_parcel(run: OrderRun, parcel: ParcelRun) -> list[OpenHold]:
    """The open holds that keep a parcel in the house."""
    return on_lines(run, (want.line_no for want in parcel.plan.wants))


def free_wants(run: OrderRun, sourcing: Sourcing) -> tuple[Want, ...]:
    """What of it may be sourced now."""
    return tuple(want for want in sourcing.wants if not on_lines(run, (want.line_no,)))


def stopped(run: OrderRun) -> bool:
    """Whether holds leave nothing of the order that may go on: then it waits for a release."""
    if not run.holds:
        return False
    if run.to_source is None:
        return all(on_lines(run, (line,)) for line in run.line_nos or (0,))
    here = [parcel for parcel in run.live_parcels if not parcel.handed_over]
    parts = run.unpacked.parts if run.unpacked else ()
    held = [not free_wants(run, one) for one in run.to_source]
    held += [bool(on_parcel(run, parcel)) for parcel in here]
    held += [bool(on_lines(run, (want.line_no for want in part.wants))) for part in parts]
    return bool(held) and all(held) and len(here) == len(run.live_parcels)


def lines_here(run: OrderRun) -> set[int]:
    """The lines of which at least one piece is not with the carrier."""
    if run.to_source is None:
        return set(run.line_nos)
    wants = [want for one in run.to_source for want in one.wants]
    wants += [want for part in (run.unpacked.parts if run.unpacked else ()) for want in part.wants]
    wants += [want for one in run.live_parcels if not one.handed_over for want in one.plan.wants]
    return {want.line_no for want in wants}


def hold_objection(run: OrderRun, message: Hold, now: datetime) -> str:
    """Everything that is wrong with a hold, each naming its field, and what is held already; empty when it can be placed."""
    wrong = _wrong_end(message.until, now)
    here, lines = lines_here(run), set(message.lines)
    if unknown := lines - set(run.line_nos):
        wrong.append(f"lines: the order has no {named(unknown)}, only {named(run.line_nos)}")
    if gone := (lines & set(run.line_nos)) - here:
        wrong.append(f"lines: the carrier has all of {named(gone)}, which can be returned, no longer held")
    if not lines and run.gone:
        still = f": name the lines that are still here, {named(here)}" if here else ""
        wrong.append("the carrier has the parcel: it can be returned, no longer stopped" + still)
    if len(message.owner) > OWNER_LENGTH:
        wrong.append(f"owner: {len(message.owner)} characters, {OWNER_LENGTH} at most")
    if len(run.holds) >= MOST_HOLDS and id_of(message) not in (hold.hold_id for hold in run.holds):
        wrong.append(f"the order has {len(run.holds)} holds, {MOST_HOLDS} at most: release one first")
    held = f"; open holds: {told(run.holds)}" if run.holds and wrong else ""
    return "; ".join(wrong) + held


def _wrong_end(until: datetime | None, now: datetime) -> list[str]:
    if until is None:
        return []
    if until.tzinfo is None:
        return ["until: has no time zone, add Z or an offset"]
    return [f"until: {until:%Y-%m-%d %H:%M %Z} is over already"] if until <= now else []


def place(run: OrderRun, message: Hold, now: datetime) -> None:
    """Open a hold; what the same cause said before is replaced."""
    hold = OpenHold(
        hold_id=id_of(message),
        reason=message.reason,
        lines=tuple(sorted(set(message.lines))),
        owner=message.owner,
        until=message.until,
        placed_by=message.by,
        placed_at=now,
        why=message.why or f"held by {message.by}",
    )
    run.holds = [*(one for one in run.holds if one.hold_id != hold.hold_id), hold]


def id_of(message: Hold) -> str:
    """The id that a hold gets."""
    return hold_id(message.reason, tuple(sorted(set(message.lines))), message.request_id or message.by)


def release_objection(run: OrderRun, message: Release) -> str:
    """Which field names nothing that is open, and what is; empty when something is released, or all is meant."""
    wrong = []
    if message.hold_id and not _fitting(run, Release(hold_id=message.hold_id)):
        wrong.append(f"hold_id: no open hold {message.hold_id!r}")
    if message.reason and not _fitting(run, Release(reason=message.reason)):
        wrong.append(f"reason: no open hold for {message.reason.value}")
    if message.lines and not _fitting(run, Release(lines=message.lines)):
        wrong.append(f"lines: no open hold on {named(message.lines)} alone")
    if not wrong and (message.hold_id or message.reason or message.lines) and not _fitting(run, message):
        wrong.append("no open hold is all that is said in hold_id, reason and lines")
    return "; ".join([*wrong, f"open holds: {told(run.holds)}"]) if wrong else ""


def release(run: OrderRun, message: Release) -> None:
    """End what fits. A hold on several lines goes on holding those that are not named."""
    fitting, named_lines = _fitting(run, message), set(message.lines)
    kept = []
    for hold in run.holds:
        left = tuple(line for line in hold.lines if line not in named_lines) if named_lines else ()
        if hold not in fitting:
            kept.append(hold)
        elif left:
            kept.append(hold.model_copy(update={"lines": left}))
    run.holds = kept


def _fitting(run: OrderRun, message: Release) -> list[OpenHold]:
    """A hold of the whole order is none of its lines': naming lines leaves it alone."""
    return [
        hold
        for hold in run.holds
        if message.hold_id in ("", hold.hold_id)
        and message.reason in (None, hold.reason)
        and (not message.lines or not set(message.lines).isdisjoint(hold.lines))
    ]


def end_over(run: OrderRun, now: datetime) -> list[OpenHold]:
    """End the holds whose time is over, and return them."""
    over = [hold for hold in run.holds if hold.until and hold.until <= now]
    run.holds = [hold for hold in run.holds if hold not in over]
    return over


def said_of(message: object) -> dict[str, str | int | None]:
    """What a hold or a release says beside who and why, for the order's history."""
    if not isinstance(message, Hold | Release):
        return {}
    said: dict[str, str | int | None] = {"reason": message.reason.value if message.reason else ""}
    said["lines"] = ", ".join(map(str, sorted(set(message.lines))))
    if isinstance(message, Hold):
        until = message.until.isoformat() if message.until else ""
        said |= {"hold_id": id_of(message), "owner": message.owner, "until": until}
    else:
        said["hold_id"] = message.hold_id
    return {name: value for name, value in said.items() if value}
