"""Where commands find the services: the environment first, then what a running house wrote down."""

from urllib.parse import urlsplit

from starter.endpoints import resolve
from starter.settings import Settings
from workers.engine.folder import default_folder


def found(settings: Settings, *, with_door: bool = False) -> Settings:
    """The settings with every address filled in. Raises `Unavailable` when one is nowhere.

    `with_door`: also the port of the door that runs; without it a door of one's own gets a port of its own.
    """
    here = settings.model_copy(update={"home": default_folder()})
    known = resolve(here)
    filled = {
        "database_url": known.database_url,
        "temporal_address": known.temporal_address,
        "temporal_ui": known.temporal_ui,
    }
    if with_door and not here.door_port and known.door:
        return here.model_copy(update=filled | {"door_port": urlsplit(known.door).port or 0})
    return here.model_copy(update=filled)


def database_url(settings: Settings) -> str:
    """The database's URL alone. Raises `Unavailable`."""
    return settings.database_url or found(settings).database_url
