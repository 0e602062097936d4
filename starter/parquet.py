"""Reads single parquet files. Needs pyarrow, which is in the extra `data`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

MISSING_EXTRA = "reading parquet needs pyarrow: install the extra `data`, as in pip install 'orderloom[data]'"
Row = dict[str, Any]


class ParquetError(Exception):
    """A file cannot be read or lacks columns; the message names the file and what is wrong with it."""


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Every row with these columns. Raises `ParquetError`."""
    import pyarrow.parquet

    try:
        has = set(pyarrow.parquet.read_schema(path).names)
        if lacking := [column for column in columns if column not in has]:
            raise ParquetError(f"{path} lacks {', '.join(lacking)}")
        rows: list[Row] = pyarrow.parquet.read_table(path, columns=list(columns)).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise ParquetError(f"{path} cannot be read: {error}") from error
    return rows
