"""Files of made-up orders, and a door that takes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson

from models.intake.bulk import Format, Record, RowFault, read_records
from models.intake.sheet import COLUMNS
from starter.bulk.door import BulkDoor
from starter.bulk.files import open_source
from starter.bulk.importing import Import, OnError
from starter.bulk.journal import Journal
from starter.bulk.report import Counts, FaultFile, Outcome
from starter.http import create_app
from tests.doors.doubles import Doubles, doubles
from tests.rules.order_bodies import good_body

HEADER = [
    "source_id", "channel", "placed_at", "currency", "customer.customer_id", "customer.name", "customer.email",
    "ship_to.line1", "ship_to.city", "ship_to.postcode", "ship_to.country", "sku", "quantity", "unit_price_minor",
    "freight_minor", "total_minor", "payment.method", "payment.token", "payment.amount_minor",
]  # fmt: skip


def body(source_id: str, **changed: Any) -> dict[str, Any]:
    """A good order under another source id."""
    return good_body() | {"source_id": source_id} | changed


def rows_of(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    """An order as rows of a table."""
    rows = []
    for line in raw["lines"]:
        row = {}
        for name, column in COLUMNS.items():
            value: Any = line if column.of_line else raw
            for step in column.path:
                value = value.get(step, "") if isinstance(value, dict) else ""
            row[name] = str(value)
        rows.append(row)
    return rows


def table(rows: list[dict[str, str]], separator: str = ",", header: list[str] | None = None) -> bytes:
    """Rows as CSV."""
    written = io.StringIO(newline="")
    names = header or HEADER
    out = csv.DictWriter(written, names, delimiter=separator, extrasaction="ignore")
    out.writeheader()
    out.writerows(rows)
    return written.getvalue().encode()


def jsonl(*bodies: Any) -> bytes:
    """Bodies as JSON lines; bytes stand as they are."""
    return b"".join((one if isinstance(one, bytes) else orjson.dumps(one)) + b"\n" for one in bodies)


def records(text: bytes, form: Format = Format.CSV, channel: str = "", chunk: int = 1 << 16) -> list[Record]:
    """What a file holds, read in chunks of a size."""
    chunks: Iterator[bytes] = (text[at : at + chunk] for at in range(0, len(text), chunk))
    return list(read_records(chunks, form, channel))


def faults(found: list[Record]) -> list[tuple[int, str, str, str]]:
    """Row, pointer, column and code of the file's own faults."""
    return places([fault for record in found for fault in record.faults])


def places(found: list[RowFault]) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.pointer, one.column, one.code) for one in found]


class Killed(BaseException):
    """The run ends here, without a word."""


@dataclass
class House:
    """A door over doubles, and imports of one file through it."""

    file: Path
    door: Doubles = field(default_factory=doubles)
    # Called with each request; an answer stands in for the door's.
    before: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
    asked: list[str] = field(default_factory=list)

    @property
    def taken(self) -> list[str]:
        """Every order that was handed in and taken, repeats too."""
        return [what for act, what in self.door.journal if act == "submit"]

    async def run(
        self,
        on_error: OnError = OnError.SKIP,
        report: Path | None = None,
        told: Callable[[Counts], None] = lambda _: None,
        patience_s: float = 5.0,
        began: Callable[[BulkDoor], None] = lambda _: None,
    ) -> Outcome:
        source = open_source(self.file, None)
        app = httpx.ASGITransport(create_app(self.door.parts))
        with (
            Journal(source, "http://door.example", datetime.now(UTC)) as journal,
            FaultFile(report) as faults,
        ):
            async with httpx.AsyncClient(transport=_Between(app, self)) as client:
                door = BulkDoor(client, "http://door.example", patience_s)
                began(door)
                return await Import(source, door, journal, faults, told).run(on_error)


class _Between(httpx.AsyncBaseTransport):
    def __init__(self, app: httpx.AsyncBaseTransport, house: House) -> None:
        self._app, self._house = app, house

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._house.asked.append(request.url.path)
        answer = self._house.before(request)
        return await self._app.handle_async_request(request) if answer is None else answer


@contextmanager
def killed_after(takes: int, house: House) -> Iterator[None]:
    """The run is killed before its next order when so many were handed in."""
    old, seen = house.before, 0

    def before(request: httpx.Request) -> httpx.Response | None:
        nonlocal seen
        if request.url.path == "/orders":
            seen += 1
            if seen > takes:
                raise Killed
        return None

    house.before = before
    yield
    house.before = old
