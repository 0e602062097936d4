"""How the door's answers are written."""

from collections.abc import Iterable

import orjson
from fastapi import Response

from models.shared.messages import Message

JSON = "application/json"


def listed(rows: Iterable[Message]) -> Response:
    """Rows as one JSON list."""
    return Response(orjson.dumps([row.model_dump(mode="json") for row in rows]), media_type=JSON)
