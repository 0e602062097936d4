"""Connects to Temporal the way every process of ours does."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile

from models.shared.errors import Unavailable
from starter.payloads import DATA_CONVERTER
from starter.settings import Settings


async def connect(settings: Settings, lazy: bool = False) -> Client:
    """A client by `TEMPORAL_*` (profile, TLS, API key) and our own address, which wins. Raises `Unavailable`.

    Lazy: the connection is made at the first call, so a door can open before the server does.
    """
    config = ClientConfigProfile.load().to_client_connect_config()
    host = settings.temporal_address or config.get("target_host") or "127.0.0.1:7233"
    config["target_host"] = host
    config.setdefault("namespace", settings.temporal_namespace)
    try:
        return await Client.connect(**config, data_converter=DATA_CONVERTER, lazy=lazy)
    except RuntimeError as error:
        raise Unavailable(f"Temporal at {host}: {error}") from error
