"""Credit accounts of our own in the public set's form: nothing of it is in here."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from starter.score.credit_data import BILLED, COLUMNS, DEFAULT, ID, LIMIT, PAID, STATUS

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "credit" / "dev.parquet"
WHY_SKIPPED = f"the credit set is not at {DATA}"
Row = dict[str, object]


def row(number: int, **changes: object) -> Row:
    """One account that pays in time."""
    plain: Row = {ID: number, LIMIT: 1000.0, DEFAULT: number % 2}
    plain |= dict.fromkeys(STATUS, 0) | dict.fromkeys(BILLED, 100.0) | dict.fromkeys(PAID, 50.0)
    return plain | changes


def rows(count: int, seed: int = 1) -> list[Row]:
    """Accounts of which those behind default more often."""
    chance = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        behind = chance.choice((-1, 0, 0, 1, 2, 3))
        changes: Row = {name: chance.randrange(-100, 900) for name in BILLED}
        changes |= {name: chance.randrange(0, 300) for name in PAID}
        changes |= {STATUS[0]: behind, DEFAULT: int(chance.random() < 0.1 + 0.2 * max(behind, 0))}
        made.append(row(number, **changes))
    return made


def write(path: Path, made: list[Row], columns: tuple[str, ...] = COLUMNS) -> Path:
    """The accounts as csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(made)
    return path
