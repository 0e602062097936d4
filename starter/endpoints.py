"""Where the services are: the environment first, then what `orderloom up` wrote into its data folder."""

import json
from pathlib import Path
from typing import Any

from models.shared.errors import Unavailable
from models.shared.messages import Message
from starter.settings import Settings

FILE = "endpoints.json"


class Endpoints(Message):
    """`database_url` is a libpq URL, `temporal_address` host:port; `door` and `temporal_ui` are URLs, empty when unknown.

    `smtp_port`: the mail sink's, 0 when unknown.
    """

    database_url: str
    temporal_address: str
    door: str = ""
    temporal_ui: str = ""
    smtp_port: int = 0


def resolve(settings: Settings) -> Endpoints:
    """Each address by the settings, else by the file of `orderloom up`. Raises `Unavailable` when one of the two services is in neither."""
    path = settings.home / FILE
    remembered = _remembered(path)
    door = f"http://{settings.door_host}:{settings.door_port}" if settings.door_port else ""
    found = Endpoints(
        database_url=settings.database_url or remembered.get("database_url") or "",
        temporal_address=settings.temporal_address or remembered.get("temporal_address") or "",
        door=door or remembered.get("door") or "",
        temporal_ui=settings.temporal_ui or remembered.get("temporal_ui") or "",
        smtp_port=remembered.get("smtp_port") or 0,
    )
    needed = {"DATABASE_URL": found.database_url, "TEMPORAL_ADDRESS": found.temporal_address}
    if missing := [name for name, address in needed.items() if not address]:
        raise Unavailable(
            f"no address of a service: set {' and '.join(missing)}, or start `orderloom up`, which writes {path}"
        )
    return found


def _remembered(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Unavailable(f"{path} cannot be read ({error}): start `orderloom up` again") from error
    return stored if isinstance(stored, dict) else {}
