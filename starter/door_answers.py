"""What the HTTP door answers, as its clients see it."""

from typing import Any

import httpx

# The door, or what stands before it, is away or asks to come again later.
AWAY = frozenset({429, 502, 503, 504})


def read_object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when the body is anything else."""
    try:
        read = answer.json()
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
