"""A folder of our own in the shape of the public data that the address scorecard reads: nothing of theirs is in here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import zstandard

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"

SELLERS = [("01310", "sao paulo", "SP"), ("20031", "rio", "RJ"), ("20031", "rio", "SP")]
CUSTOMERS = [("30110", "belo horizonte", "MG")]
CASES: list[tuple[str, dict[str, str]]] = [
    ("1 Any St, Reno, Nevada 89501, USA", {
        "house_number": "1", "road": "any st", "city": "reno", "state": "nevada", "postcode": "89501", "country": "usa"}),
    ("Beliebige Straße 1, 10119 Berlin, Deutschland", {
        "road": "beliebige straße", "house_number": "1", "postcode": "10119", "city": "berlin", "country": "deutschland"}),
    ("1 Any Ln, Reno NV 10001", {
        "road": "any ln", "house_number": "1", "city": "reno", "state": "nv", "postcode": "89501"}),
    ("shops near me", {"category": "shops", "near": "near me"}),
]  # fmt: skip
TYPED: dict[str, list[Any]] = {
    "Weight (Kilograms)": ["12", "1.5", "on the other note", None],
    "Freight Cost (USD)": ["see note 7", "1,200.50", "on the other note", "4"],
}


def table(path: Path, columns: dict[str, list[Any]]) -> None:
    """One parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


def places(path: Path, kind: str, rows: list[tuple[Any, str, str]]) -> None:
    """Olist's sellers or customers."""
    names = (f"{kind}_{what}" for what in ("zip_code_prefix", "city", "state"))
    table(path, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def data(folder: Path) -> Path:
    """Everything that the scorecard reads."""
    places(folder / "olist" / "reference" / "sellers_all3.parquet", "seller", SELLERS)
    places(folder / "olist" / "customers.parquet", "customer", CUSTOMERS)
    lines = [
        json.dumps({"input": written, "components": [{"label": k, "value": v} for k, v in parts.items()]})
        for written, parts in CASES
    ]
    (folder / "address").mkdir()
    packed = zstandard.ZstdCompressor().compress("\n".join(lines).encode())
    (folder / "address" / "libpostal_parser_cases.jsonl.zst").write_bytes(packed)
    table(folder / "scms" / "dev.parquet", TYPED)
    return folder
