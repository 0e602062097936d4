"""What earlier runs of an import have done: an append-only file of JSON lines beside the orders."""

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson

from models.intake.bulk import Record
from models.shared.errors import Conflict
from starter.bulk.files import Source

SAMPLE = 50


@dataclass(frozen=True)
class Done:
    """An order that is in. `new`: it was not there before; `earlier`: another run says so, which the door may not know."""

    new: bool
    earlier: bool


def journal_of(path: Path) -> Path:
    """Where the journal of a file stands."""
    return path.with_name(path.name + ".import.jsonl")


class Journal:
    """Orders that were taken, by their body: a file that was mended keeps what is done. One run at a time."""

    def __init__(self, source: Source, door: str, now: datetime) -> None:
        self._source = source
        self._begin = {"import": source.sha256, "file": source.path.name, "door": door, "at": now.isoformat()}
        self._done: dict[bytes, Done] = {}
        self._handle: BinaryIO | None = None
        self.changed = False

    def __enter__(self) -> "Journal":
        """Read what is there. Raises `Conflict` while another run writes it."""
        handle = self._handle = journal_of(self._source.path).open("a+b")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise Conflict("import_runs", f"another import of {self._source.path} is running") from error
        handle.seek(0)
        last, torn = "", False
        for line in handle:
            torn = not line.endswith(b"\n")
            entry = _entry(line)
            last = str(entry.get("import") or last)
            if "done" in entry:
                self._done[bytes.fromhex(entry["done"])] = Done(bool(entry.get("new")), earlier=True)
        self.changed = last not in ("", self._source.sha256)
        if torn:
            handle.write(b"\n")  # a run was killed in the middle of a line
        self._write(self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle:
            self._handle.close()

    def __len__(self) -> int:
        return len(self._done)

    def of(self, record: Record) -> Done | None:
        """What is known of an order."""
        return self._done.get(record.digest)

    def put(self, record: Record, number: str, new: bool) -> None:
        """An order is in."""
        self._done[record.digest] = Done(new, earlier=False)
        self._write({"done": record.digest.hex(), "new": new, "number": number, "row": record.row})

    def sample(self) -> frozenset[bytes]:
        """Some of what earlier runs did, the first and the last with it: the door should know them."""
        earlier = [digest for digest, done in self._done.items() if done.earlier]
        return frozenset(_spread(earlier))

    def forget_earlier(self) -> None:
        """The door does not know what earlier runs did: it is another house's, or the house was set back."""
        self._done = {digest: done for digest, done in self._done.items() if not done.earlier}

    def _write(self, entry: dict[str, Any]) -> None:
        assert self._handle is not None
        self._handle.write(orjson.dumps(entry) + b"\n")
        self._handle.flush()


def _spread(digests: list[bytes]) -> Iterator[bytes]:
    if digests:
        step = max(1, len(digests) // SAMPLE)
        yield from digests[::step]
        yield digests[-1]


def _entry(line: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(line)
        bytes.fromhex(read.get("done", ""))
    except (ValueError, AttributeError, TypeError):
        return {}
    return read if isinstance(read, dict) else {}
