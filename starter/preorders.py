"""Is this a change of a preorder? Every door asks before it starts anything."""

from datetime import UTC, date, datetime, time
from typing import Protocol

from activities.intake.ports import CatalogueReader
from models.allocation.preorders import Preorder, SetPreorder, change_faults
from models.intake.body import ID_PATTERN
from models.shared.errors import Problem, Refused


class Preorders(Protocol):
    """Knows what is sold as a preorder."""

    async def preorder(self, sku: str) -> Preorder | None:
        """One preorder; None when there is none."""
        ...


def read_date(text: str) -> datetime | None:
    """A moment (UTC) from a day, which is its beginning in UTC, or from a time with its zone; None when it is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    return datetime.combine(found.date(), time(), UTC) if _is_day(text) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


async def check_preorder(
    change: SetPreorder, ships_from: str | None, catalogue: CatalogueReader, preorders: Preorders
) -> SetPreorder:
    """The change with its date read. Raises `Refused` with every fault, `Unavailable` when it cannot be checked."""
    problems = []
    if not ID_PATTERN.fullmatch(change.request_id):
        problems.append(
            Problem(
                pointer="/request_id", code="bad_format", detail="is no text of letters, digits, dots and dashes",
                fix="send 1 to 64 of them",
            )
        )  # fmt: skip
    if change.sku not in await catalogue.entries([change.sku]):
        problems.append(
            Problem(
                pointer="/sku", code="sku_unknown", detail=f"{change.sku} is not in the catalogue",
                fix="send a SKU of the catalogue, or add this one to it",
            )
        )  # fmt: skip
    at = read_date(ships_from) if ships_from is not None else None
    asked = change.model_copy(update={"ships_from": at})
    if ships_from is not None and at is None:
        problems.append(
            Problem(
                pointer="/ships_from", code="bad_time", detail=f"{ships_from!r} is no day, and no time with its zone",
                fix="send a day such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z",
            )
        )  # fmt: skip
    named = {problem.pointer for problem in problems}
    found = change_faults(await preorders.preorder(change.sku), asked)
    problems += [problem for problem in found if problem.pointer not in named]
    if problems:
        raise Refused(problems)
    return asked
