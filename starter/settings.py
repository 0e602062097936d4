"""Every setting, from the environment. `docs/reference/settings.md` lists them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# A name that may stand for a channel; a secret that is one.
Channel = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Secret = Annotated[str, Field(min_length=8)]


class Settings(BaseSettings):
    """Read from `ORDERLOOM_*`, and from the two names that everybody uses.

    `database_url` and `temporal_address` empty: `orderloom up` starts both itself.
    """

    model_config = SettingsConfigDict(
        env_prefix="ORDERLOOM_", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "ORDERLOOM_DATABASE_URL"))
    temporal_address: str = Field(
        "", validation_alias=AliasChoices("TEMPORAL_ADDRESS", "ORDERLOOM_TEMPORAL_ADDRESS")
    )
    temporal_namespace: str = Field(
        "default", validation_alias=AliasChoices("TEMPORAL_NAMESPACE", "ORDERLOOM_NAMESPACE")
    )
    task_queue: str = "orderloom"
    home: Path = Path("var")
    door_host: str = "127.0.0.1"
    door_port: int = 0
    door_patience_s: float = Field(0.1, gt=0)
    temporal_ui: str = ""
    draft_ttl_s: float = Field(2_592_000, gt=0)
    payments: Literal["simulator", "stripe"] = "simulator"
    stripe_api_key: str = Field("", repr=False)
    stripe_webhook_secret: str = Field("", repr=False)
    stripe_api_base: str = ""
    stripe_multicapture: bool = False
    storefronts: dict[Channel, Secret] = Field({}, repr=False)
    psp_webhook_secret: str = "whsec_b3JkZXJsb29tLXBzcC1zaW11bGF0b3Itc2VjcmV0"  # noqa: S105 - the simulator's own
    carrier_webhook_secret: str = "whsec_b3JkZXJsb29tLWNhcnJpZXItc2ltdWxhdG9yLWtleQ=="  # noqa: S105
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    mail_sink: bool = True
    mail_from: str = "orders@shop.example"
    purchasing_mail: str = "purchasing@shop.example"
    operations_mail: str = "operations@shop.example"
    care_mail: str = "care@shop.example"
    fault_seed: int = 0
    fault_rate: float = 0.0
    courier: bool = False
    courier_seed: int = 1
    courier_speed: float = Field(1.0, gt=0)
    courier_lost_rate: float = 0.01
    courier_returned_rate: float = 0.02
    persons: str = ""
    person_seed: int = 1
    person_pace_s: float = Field(0.3, gt=0)
    workflow_sandbox: bool = False
    psp_webhooks: bool = True
    crash_plan: str = ""
    log_level: str = "INFO"
    log_json: bool = False
