"""What a house's processes are told: every setting, in the environment of each child."""

import os
from collections.abc import Mapping
from pathlib import Path

from starter.settings import Settings
from workers.engine import DataFolder, LocalPostgres, LocalTemporal
from workers.up.options import HouseOptions


def settings_of(
    given: Settings,
    options: HouseOptions,
    folder: DataFolder,
    postgres: LocalPostgres | None,
    temporal: LocalTemporal | None,
) -> Settings:
    """The settings of a house: what was given from outside, else the addresses of its own (started) engine.

    A mail server that was named by the environment is used; otherwise the house has a mail sink of its own.
    """
    own_mail = not {"smtp_host", "smtp_port"} & given.model_fields_set
    return given.model_copy(
        update={
            "database_url": postgres.dsn if postgres else given.database_url,
            "temporal_address": temporal.address if temporal else given.temporal_address,
            "temporal_namespace": "default" if temporal else given.temporal_namespace,
            "temporal_ui": (temporal.ui_address or "") if temporal else given.temporal_ui,
            "home": folder.path,
            "door_port": folder.port("door", options.door_port or given.door_port or None),
            "smtp_port": folder.port("smtp", options.smtp_port) if own_mail else given.smtp_port,
            "mail_sink": own_mail,
            "courier": options.courier,
            "courier_seed": options.courier_seed,
            "courier_speed": options.courier_speed,
            "courier_lost_rate": options.courier_lost_rate,
            "courier_returned_rate": options.courier_returned_rate,
            "persons": ",".join(options.persons),
            "person_seed": options.person_seed,
            "person_pace_s": options.person_pace_s,
            "fault_rate": options.fault_rate or given.fault_rate,
            "fault_seed": options.fault_seed or given.fault_seed,
        }
    )


def child_environment(settings: Settings, own_temporal: bool, extra: Mapping[str, str]) -> dict[str, str]:
    """What a child needs to know: our environment with every setting made explicit.

    `own_temporal`: settings of the environment for another server (TLS, API key, profile) are left out.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ORDERLOOM_") and not (own_temporal and name.startswith("TEMPORAL_"))
    }
    if own_temporal:
        env["TEMPORAL_CONFIG_FILE"] = os.devnull  # a profile of this user's is meant for another server
    env |= {_variable(name): _written(getattr(settings, name)) for name in Settings.model_fields}
    root = str(Path(__file__).parents[2])
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (root, env.get("PYTHONPATH"))))
    env["PYTHONUNBUFFERED"] = "1"
    return env | dict(extra)


def _variable(field: str) -> str:
    return {
        "database_url": "DATABASE_URL",
        "temporal_address": "TEMPORAL_ADDRESS",
        "temporal_namespace": "TEMPORAL_NAMESPACE",
    }.get(field, f"ORDERLOOM_{field.upper()}")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
