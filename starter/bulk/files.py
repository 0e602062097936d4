"""A file of orders on disk: which format it has, what it is known by, and its orders as they come."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from models.intake.bulk import Format, Record, read_records
from models.shared.errors import Problem, Refused

_CHUNK = 1 << 16
_SUFFIXES = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class FileChanged(Refused):
    """The file is another one at its end than at its beginning."""


@dataclass
class Source:
    """A file that is read as a stream; `read` counts its bytes as they come."""

    path: Path
    format: Format
    sha256: str
    size: int
    channel: str = ""
    read: int = 0

    def records(self) -> Iterator[Record]:
        """Every order of the file, from its beginning. Raises `Refused` for a header with faults, `FileChanged` at the end."""
        self.read, digest = 0, hashlib.sha256()
        with self.path.open("rb") as handle:
            yield from read_records(self._chunks(handle, digest), self.format, self.channel)
        if digest.hexdigest() != self.sha256:
            said = "the file changed while it was read"
            raise FileChanged([Problem(pointer="", code="changed", detail=said, fix="import it again")])

    def _chunks(self, handle: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
        while chunk := handle.read(_CHUNK):
            self.read += len(chunk)
            digest.update(chunk)
            yield chunk


def open_source(path: Path, form: Format | None, channel: str = "") -> Source:
    """A file to read orders from; its format by its name, else by its first letter. Raises `Refused`."""
    try:
        digest, size, first = hashlib.sha256(), 0, b""
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                first = first or chunk[:1024]
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise _refused("unreadable", f"{path} cannot be read: {error.strerror}", "name a file") from error
    if first.startswith(_WIDE):
        raise _refused("not_utf8", "the file is UTF-16", "save it as UTF-8")
    begins = first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    known = form or _SUFFIXES.get(path.suffix.lower()) or (Format.JSONL if begins == b"{" else Format.CSV)
    return Source(path, known, digest.hexdigest(), size, channel)


def _refused(code: str, detail: str, fix: str) -> Refused:
    return Refused([Problem(pointer="", code=code, detail=detail, fix=fix)])
