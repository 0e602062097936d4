"""How Stripe's resources look, from its own published examples where they lie beside the repository; else only what the fake sets."""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

_BESIDE = Path(__file__).parents[3] / "shared" / "data" / "stripe"
EXAMPLES = Path(os.environ.get("STRIPE_EXAMPLES") or _BESIDE) / "fixtures3.json.zst"


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Every example by its resource; empty when they are not there."""
    if not EXAMPLES.exists():
        return {}
    import zstandard

    with EXAMPLES.open("rb") as file:
        read: dict[str, dict[str, Any]] = json.loads(zstandard.ZstdDecompressor().stream_reader(file).read())[
            "resources"
        ]
    return read


def shape(resource: str) -> dict[str, Any]:
    """A fresh copy of the example of one resource."""
    return copy.deepcopy(examples().get(resource, {}))
